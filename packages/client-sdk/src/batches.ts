import type { Observation } from '@skillwatch/schema'
import type { Clock } from './clock.ts'
import { uuidV7 } from './uuid-v7.ts'

/** The body of one request: NDJSON, one observation a line. */
export interface Batch {
  /** Place of its first observation among all that are sent. */
  readonly firstIndex: number
  readonly itemCount: number
  readonly body: Uint8Array<ArrayBuffer>
}

const encoder = new TextEncoder()

/** One body of lines that are JSON already. */
export function batchOf(lines: readonly string[]): Batch {
  return { firstIndex: 0, itemCount: lines.length, body: encoder.encode(`${lines.join('\n')}\n`) }
}

/** Cuts observations into bodies within both bounds, made one at a time as they are asked for; an item over the bound goes alone. */
export function* splitIntoBatches(
  observations: readonly Observation[],
  { batchItemsMax, batchBytesMax, now }: { batchItemsMax: number; batchBytesMax: number; now: Clock },
): Generator<Batch> {
  let lines: Uint8Array[] = []
  let bytes = 0
  let firstIndex = 0
  for (const observation of observations) {
    const line = encoder.encode(`${JSON.stringify(withId(observation, now))}\n`)
    if (lines.length > 0 && (lines.length >= batchItemsMax || bytes + line.length > batchBytesMax)) {
      yield { firstIndex, itemCount: lines.length, body: join(lines, bytes) }
      firstIndex += lines.length
      lines = []
      bytes = 0
    }
    lines.push(line)
    bytes += line.length
  }
  if (lines.length > 0) yield { firstIndex, itemCount: lines.length, body: join(lines, bytes) }
}

function withId(observation: Observation, now: Clock): Observation {
  return observation.invocation_id === undefined
    ? { ...observation, invocation_id: uuidV7(now()) }
    : observation
}

function join(lines: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(bytes)
  let offset = 0
  for (const line of lines) {
    body.set(line, offset)
    offset += line.length
  }
  return body
}
