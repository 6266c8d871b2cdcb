import type { StreamExtent } from '@skillwatch/db'
import { LRUCache } from 'lru-cache'
import { boundedBy } from './cache-options.ts'
import { type SerialisedChange, serialiseChange, type WireChange } from './serialised-change.ts'

/** Offsets of one page; pages begin at 1, 257, 513, … so that replaying clients read the same ones. */
export const PAGE_SIZE = 256
/** A page of this size is not extended: the next change begins another one. */
const PAGE_BYTES_MAX = 4_194_304
const CACHE_BYTES_MAX = 32 * 1024 * 1024
/** Memory that an entry takes beside its text. */
export const ENTRY_BYTES = 256

/** The log of one project as packages/db reads it. */
export interface LogSource {
  /**
   * At most `limit` changes after the offset, fewer when they are large, none only at the end of the log.
   */
  read(afterOffset: number, limit: number): WireChange[]
  extent(): StreamExtent
}

/** Changes are missing from the log, as their offsets are older than what it still keeps. */
export class LogGapError extends Error {
  override readonly name = 'LogGapError'
}

interface LogPage {
  readonly from: number
  readonly changes: SerialisedChange[]
  readTo: number
  bytes: number
}

/** All changes of the log between two offsets. */
export interface LogSlice {
  readonly changes: readonly SerialisedChange[]
  /** The last offset that the slice covers. */
  readonly to: number
}

/** Reads the log for replays, page by page, and keeps what it read for the other replaying clients. */
export class LogPages {
  readonly #source: LogSource
  readonly #pages: LRUCache<number, LogPage>

  /** @param clock milliseconds, for the age of the pages */
  constructor(source: LogSource, clock: () => number) {
    this.#source = source
    this.#pages = new LRUCache(boundedBy(CACHE_BYTES_MAX, clock))
  }

  /**
   * The changes from `from` to `end`, fewer when they are large.
   * @param end in the same page as `from`
   * @throws {LogGapError} when the log does not keep them any more
   */
  read(from: number, end: number): LogSlice {
    const page = this.#pageWith(from, end)
    if (page.changes[0]?.offset !== page.from && this.#source.extent().oldest_offset > from)
      throw new LogGapError(`offset ${from} is not in the log any more; subscribe again`)
    const readTo = Math.min(end, page.readTo)
    return { changes: page.changes.filter(({ offset }) => offset >= from && offset <= readTo), to: readTo }
  }

  clear(): void {
    this.#pages.clear()
  }

  /**
   * A page that covers at least the offset `from`. Large changes divide a page: then it begins at `from`.
   */
  #pageWith(from: number, end: number): LogPage {
    const index = pageIndex(from)
    const known = this.#pages.get(index)
    const page = known !== undefined && known.from <= from ? known : emptyPage(index * PAGE_SIZE + 1)
    this.#extend(page, end)
    return page.readTo < from ? this.#extend(emptyPage(from), end) : page
  }

  #extend(page: LogPage, end: number): LogPage {
    if (page.readTo >= end || page.bytes >= PAGE_BYTES_MAX) return page
    const read = this.#source.read(page.readTo, end - page.readTo)
    for (const change of read.filter(({ offset }) => offset <= end).map(serialiseChange)) {
      page.changes.push(change)
      page.bytes += change.bytes + ENTRY_BYTES
    }
    page.readTo = Math.min(end, read.at(-1)?.offset ?? end)
    // lru-cache keeps the former size of a value that is set again.
    this.#pages.delete(pageIndex(page.from))
    this.#pages.set(pageIndex(page.from), page, { size: page.bytes })
    return page
  }
}

function emptyPage(from: number): LogPage {
  return { from, changes: [], readTo: from - 1, bytes: ENTRY_BYTES }
}

/** The last offset of the page that holds this one. */
export function endOfPage(offset: number): number {
  return (pageIndex(offset) + 1) * PAGE_SIZE
}

function pageIndex(offset: number): number {
  return Math.floor((offset - 1) / PAGE_SIZE)
}
