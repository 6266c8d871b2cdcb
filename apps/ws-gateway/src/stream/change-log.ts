import { LRUCache } from 'lru-cache'
import { boundedBy } from './cache-options.ts'
import { changesMessage, type MatchingItems, takeMatching } from './changes-message.ts'
import type { CompiledFilter } from './filter.ts'
import type { OffsetRange } from './log-cursor.ts'
import { ENTRY_BYTES, endOfPage, LogPages, type LogSlice, type LogSource } from './log-pages.ts'
import { type SerialisedChange, serialiseChange } from './serialised-change.ts'

/** Most changes that one poll reads. */
const POLL_CHANGES_MAX = 1_000
const CACHE_BYTES_MAX = 16 * 1024 * 1024

/** The items of one message, with the key under which they are shared. */
export interface SharedItems extends MatchingItems {
  readonly key: string
}

export interface ChangeLogOptions {
  readonly source: LogSource
  /** Milliseconds, for the age of what is kept. */
  readonly clock: () => number
  /** Largest `changes` message; a single change that is larger is sent alone. */
  readonly messageBytesMax: number
}

/**
 * The change log of one project, shared by its subscribers: each change is serialised once and passed
 * through each filter once, and subscribers with the same filter, id and range are sent the same bytes.
 */
export class ChangeLog {
  readonly epoch: string
  readonly #options: ChangeLogOptions
  readonly #pages: LogPages
  readonly #items: LRUCache<string, SharedItems>
  readonly #messages: LRUCache<string, Buffer>
  #head: number
  /** The changes that the last poll read: offsets from `#latestFrom` to `#head`. */
  #latest: SerialisedChange[] = []
  #latestFrom: number

  constructor(options: ChangeLogOptions) {
    const { epoch, last_offset } = options.source.extent()
    this.epoch = epoch
    this.#options = options
    this.#pages = new LogPages(options.source, options.clock)
    this.#items = new LRUCache(boundedBy(CACHE_BYTES_MAX, options.clock))
    this.#messages = new LRUCache(boundedBy(CACHE_BYTES_MAX, options.clock))
    this.#head = last_offset
    this.#latestFrom = last_offset + 1
  }

  /** The newest offset that was read. */
  get head(): number {
    return this.#head
  }

  /** Reads new changes. @returns whether there were any */
  poll(): boolean {
    const changes = this.#options.source.read(this.#head, POLL_CHANGES_MAX)
    if (changes.length === 0) return false
    // Copies made before a deletion still hold the deleted data, which must not be sent again (R10).
    if (changes.some(({ op }) => op === 'delete')) this.#clearCaches()
    this.#latestFrom = this.#head + 1
    this.#latest = changes.map(serialiseChange)
    this.#head = this.#latest.at(-1)!.offset
    return true
  }

  /** Whether the database now holds another log than the one that is followed, as after a restore. */
  isReplaced(): boolean {
    const { epoch, last_offset } = this.#options.source.extent()
    return epoch !== this.epoch || last_offset < this.#head
  }

  /**
   * The items of the next message after an offset, or undefined at the head.
   * @throws {LogGapError} when the log does not keep the next change any more
   */
  itemsAfter(offset: number, filter: CompiledFilter): SharedItems | undefined {
    if (offset >= this.#head) return undefined
    const { messageBytesMax } = this.#options
    const isLatest = offset + 1 >= this.#latestFrom
    const end = isLatest ? this.#head : Math.min(this.#head, endOfPage(offset + 1))
    const key = `${offset}-${end}|${filter.key}`
    const known = this.#items.get(key)
    if (known !== undefined) return known
    const { changes, to } = isLatest ? this.#latestAfter(offset) : this.#pages.read(offset + 1, end)
    const items = { key, ...takeMatching(changes, to, filter, messageBytesMax) }
    this.#items.set(key, items, { size: items.text.length + ENTRY_BYTES })
    return items
  }

  /** The `changes` message of a subscription with these items. */
  message(id: string, range: OffsetRange, items: SharedItems): Buffer {
    const key = `${range.from}-${range.to}|${JSON.stringify(id)}|${items.key}`
    const known = this.#messages.get(key)
    if (known !== undefined) return known
    const message = changesMessage(id, range, items.text)
    this.#messages.set(key, message, { size: message.length + ENTRY_BYTES })
    return message
  }

  #latestAfter(offset: number): LogSlice {
    return { changes: this.#latest.filter((change) => change.offset > offset), to: this.#head }
  }

  #clearCaches(): void {
    this.#pages.clear()
    this.#items.clear()
    this.#messages.clear()
  }
}
