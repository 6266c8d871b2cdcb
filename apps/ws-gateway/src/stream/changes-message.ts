import type { CompiledFilter } from './filter.ts'
import type { OffsetRange } from './log-cursor.ts'
import type { SerialisedChange } from './serialised-change.ts'

/** Room for all that a `changes` message has beside its items; an id has at most 64 characters. */
const ENVELOPE_BYTES = 1_024

/** The items of one `changes` message: consecutive changes that match a filter. */
export interface MatchingItems {
  /** The last offset that was examined, whether it matched or not. */
  readonly to: number
  readonly count: number
  /** JSON texts, separated by commas. */
  readonly text: string
}

/**
 * As many matching changes as fit into one message. A change that is larger than a whole message has one to
 * itself.
 * @param end the last offset that the changes cover
 */
export function takeMatching(
  changes: readonly SerialisedChange[],
  end: number,
  filter: CompiledFilter,
  messageBytesMax: number,
): MatchingItems {
  const texts: string[] = []
  let bytes = ENVELOPE_BYTES
  for (const change of changes) {
    if (!filter.matches(change)) continue
    bytes += change.bytes + 1
    if (texts.length > 0 && bytes > messageBytesMax) return joined(texts, change.offset - 1)
    texts.push(change.text)
  }
  return joined(texts, end)
}

function joined(texts: readonly string[], to: number): MatchingItems {
  return { to, count: texts.length, text: texts.join(',') }
}

/** A `changes` message in UTF-8, from items that are JSON text already. */
export function changesMessage(id: string, { from, to }: OffsetRange, items: string): Buffer {
  return Buffer.from(
    `{"type":"changes","id":${JSON.stringify(id)},"from":${from},"to":${to},"items":[${items}]}`,
  )
}
