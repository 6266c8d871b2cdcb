/** The body of one request: NDJSON, one item a line. */
export interface Batch {
  /** Index of its first item in the array that is sent. */
  readonly firstIndex: number
  readonly itemCount: number
  readonly body: Uint8Array<ArrayBuffer>
}

const encoder = new TextEncoder()

/** A batch of lines that are JSON already. */
export function batchOf(lines: readonly string[]): Batch {
  return { firstIndex: 0, itemCount: lines.length, body: encoder.encode(`${lines.join('\n')}\n`) }
}

/**
 * Splits items into batches within both bounds, each built when it is asked for. An item larger than
 * `batchBytesMax` gets a batch of its own.
 */
export function* splitIntoBatches(
  items: Iterable<unknown>,
  { batchItemsMax, batchBytesMax }: { batchItemsMax: number; batchBytesMax: number },
): Generator<Batch> {
  let lines: Uint8Array[] = []
  let bytes = 0
  let firstIndex = 0
  for (const item of items) {
    const line = encoder.encode(`${JSON.stringify(item)}\n`)
    if (lines.length > 0 && (lines.length >= batchItemsMax || bytes + line.length > batchBytesMax)) {
      yield { firstIndex, itemCount: lines.length, body: concat(lines, bytes) }
      firstIndex += lines.length
      lines = []
      bytes = 0
    }
    lines.push(line)
    bytes += line.length
  }
  if (lines.length > 0) yield { firstIndex, itemCount: lines.length, body: concat(lines, bytes) }
}

function concat(lines: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(bytes)
  let offset = 0
  for (const line of lines) {
    body.set(line, offset)
    offset += line.length
  }
  return body
}
