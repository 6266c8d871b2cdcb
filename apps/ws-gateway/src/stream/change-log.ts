import type { Change } from '@skillwatch/schema'
import type { Range } from './cursor.ts'
import type { CompiledFilter, FilteredFields } from './filter.ts'
import { LruCache } from './lru.ts'
import type { LogHead } from './position.ts'

/** Changes of one page; pages begin at 1, 257, 513, … so that replaying clients ask for the same ones. */
export const PAGE_SIZE = 256
/** Most changes one look at the log takes. */
const POLL_CHANGES_MAX = 1_000
/** A message ends before the change that would take it beyond this, so that a slow client is seen reading. */
const MESSAGE_LENGTH_MAX = 131_072
const PAGES = { bytesMax: 32 * 1024 * 1024, ageMsMax: 30_000 }
const BODIES = { bytesMax: 16 * 1024 * 1024, ageMsMax: 30_000 }
const FRAMES = { bytesMax: 16 * 1024 * 1024, ageMsMax: 30_000 }
/** What an entry weighs beside its text. */
const ENTRY_BYTES = 256

/** The log as packages/db reads it, for one project. */
export interface LogSource {
  read(afterOffset: number, limit: number): Change[]
  head(): LogHead
}

interface SerialisedChange {
  readonly offset: number
  /** Undefined for a deletion: it concerns everyone who may have seen the invocation. */
  readonly fields: FilteredFields | undefined
  readonly text: string
}

interface Page {
  readonly changes: SerialisedChange[]
  readTo: number
}

/** The changes after some offset that pass a filter, as JSON text, as many as one message takes. */
export interface Body {
  readonly key: string
  /** The last offset that was looked at. */
  readonly to: number
  readonly count: number
  readonly text: string
}

/** The log was shortened under a reader: what it wants next is not kept any more. */
export class LogGapError extends Error {
  override name = 'LogGapError'
}

/**
 * The change log of one project as its subscribers share it: each change is serialised once, each filter looks at it
 * once, and subscribers with the same filter, id and range get the same bytes.
 */
export class ChangeLog {
  readonly epoch: string
  readonly #source: LogSource
  readonly #clock: () => number
  readonly #pages = new LruCache<number, Page>(PAGES)
  readonly #bodies = new LruCache<string, Body>(BODIES)
  readonly #frames = new LruCache<string, Buffer>(FRAMES)
  #head: number
  #latest: SerialisedChange[] = []
  #latestFrom: number

  /** @param clock milliseconds, for the age of what is kept */
  constructor(source: LogSource, clock: () => number) {
    const { epoch, last_offset } = source.head()
    this.epoch = epoch
    this.#source = source
    this.#clock = clock
    this.#head = last_offset
    this.#latestFrom = last_offset + 1
  }

  /** The newest offset seen. */
  get head(): number {
    return this.#head
  }

  /** Looks for new changes. @returns whether there were any */
  poll(): boolean {
    const changes = this.#source.read(this.#head, POLL_CHANGES_MAX)
    if (changes.length === 0) return false
    // What is gone must not be told again from what was kept of earlier reads (R10).
    if (changes.some(({ op }) => op === 'delete')) this.#forgetKept()
    this.#latestFrom = this.#head + 1
    this.#latest = changes.map(serialise)
    this.#head = this.#latest.at(-1)!.offset
    return true
  }

  /** Whether the database holds another log than the one that is being followed: it was restored or made anew. */
  isReplaced(): boolean {
    const { epoch, last_offset } = this.#source.head()
    return epoch !== this.epoch || last_offset < this.#head
  }

  /**
   * What follows an offset, or undefined at the head.
   * @throws {LogGapError} when it is not kept any more
   */
  bodyAfter(offset: number, filter: CompiledFilter): Body | undefined {
    if (offset >= this.#head) return undefined
    const to = this.#rangeEnd(offset)
    const key = `${offset}-${to}|${filter.key}`
    const known = this.#bodies.get(key, this.#clock())
    if (known !== undefined) return known
    const joined = this.#joinAfter(offset, to, filter)
    // Its own key: the same request may end elsewhere once more of the page was read.
    const body = { key: `${offset}-${joined.to}|${filter.key}`, ...joined }
    this.#bodies.set(key, body, body.text.length + ENTRY_BYTES, this.#clock())
    return body
  }

  /** The `changes` message of a body, in UTF-8. */
  frame(id: string, range: Range, body: Body): Buffer {
    const key = `${range.from}|${JSON.stringify(id)}|${body.key}`
    const known = this.#frames.get(key, this.#clock())
    if (known !== undefined) return known
    const frame = changesFrame(id, range, body.text)
    this.#frames.set(key, frame, frame.length + ENTRY_BYTES, this.#clock())
    return frame
  }

  /** Those who have seen everything before the last look get all of it at once; others read page by page. */
  #rangeEnd(offset: number): number {
    if (offset + 1 >= this.#latestFrom) return this.#head
    return Math.min(this.#head, (pageIndex(offset + 1) + 1) * PAGE_SIZE)
  }

  #joinAfter(offset: number, to: number, filter: CompiledFilter): Omit<Body, 'key'> {
    const isLatest = offset + 1 >= this.#latestFrom
    const { changes, readTo } = isLatest
      ? { changes: this.#latest, readTo: to }
      : this.#readPage(offset + 1, to)
    const end = Math.min(to, readTo)
    const wanted = changes.filter((change) => change.offset > offset && change.offset <= end)
    return joinMatches(wanted, end, filter)
  }

  #forgetKept(): void {
    this.#pages.clear()
    this.#bodies.clear()
    this.#frames.clear()
  }

  /** Reads the page of `from` at least as far as `from`, and at most as far as `to`: large rows end a read early. */
  #readPage(from: number, to: number): Page {
    const index = pageIndex(from)
    const first = index * PAGE_SIZE + 1
    const page = this.#pages.get(index, this.#clock()) ?? { changes: [], readTo: first - 1 }
    if (page.readTo < to) {
      do this.#readOn(page, to)
      while (page.readTo < from)
      this.#pages.set(index, page, weigh(page.changes), this.#clock())
    }
    if (page.changes[0]?.offset !== first && this.#source.head().oldest_offset > from) {
      throw new LogGapError(`offset ${from} is not kept any more`)
    }
    return page
  }

  #readOn(page: Page, to: number): void {
    const read = this.#source.read(page.readTo, to - page.readTo)
    page.changes.push(...read.filter((change) => change.offset <= to).map(serialise))
    page.readTo = Math.min(to, read.at(-1)?.offset ?? to)
  }
}

/** A `changes` message around items that are JSON text already. */
export function changesFrame(id: string, range: Range, items: string): Buffer {
  return Buffer.from(
    `{"type":"changes","id":${JSON.stringify(id)},"from":${range.from},"to":${range.to},"items":[${items}]}`,
  )
}

function joinMatches(changes: SerialisedChange[], end: number, filter: CompiledFilter): Omit<Body, 'key'> {
  const texts: string[] = []
  let length = 0
  for (const change of changes) {
    if (change.fields !== undefined && !filter.matches(change.fields)) continue
    if (texts.length > 0 && length + change.text.length > MESSAGE_LENGTH_MAX) {
      return { to: change.offset - 1, count: texts.length, text: texts.join(',') }
    }
    texts.push(change.text)
    length += change.text.length + 1
  }
  return { to: end, count: texts.length, text: texts.join(',') }
}

function serialise(change: Change): SerialisedChange {
  return { offset: change.offset, fields: filteredFields(change), text: JSON.stringify(change) }
}

function filteredFields(change: Change): FilteredFields | undefined {
  if (change.op === 'delete') return undefined
  const { kind, skill_name, session_id, workflow_phase, outcome } = change.invocation
  return { kind, skill_name, session_id, outcome, ...(workflow_phase !== undefined && { workflow_phase }) }
}

function pageIndex(offset: number): number {
  return Math.floor((offset - 1) / PAGE_SIZE)
}

function weigh(changes: readonly SerialisedChange[]): number {
  return changes.reduce((bytes, change) => bytes + change.text.length + ENTRY_BYTES, ENTRY_BYTES)
}
