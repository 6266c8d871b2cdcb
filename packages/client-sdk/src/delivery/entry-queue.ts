import type { SpoolSegment } from './spool.ts'

/** One observation, as a line of JSON, until the server has committed or rejected it. */
export interface Entry {
  line: string
  /** Its line cannot be replaced any more: it is being sent, is settled, or was never queued in memory. */
  taken: boolean
  /** Segments of the spool that contain its line. */
  segments: SpoolSegment[] | undefined
  /** On disk only, as the memory was full. */
  readonly isOverflow: boolean
}

export interface EntryQueueBounds {
  readonly queueItemsMax: number
  readonly queueCharactersMax: number
  readonly batchItemsMax: number
  readonly batchCharactersMax: number
}

/** Entries that wait in memory, first in first out, within both bounds. */
export class EntryQueue {
  readonly #bounds: EntryQueueBounds
  #entries: Entry[] = []
  #characters = 0

  constructor(bounds: EntryQueueBounds) {
    this.#bounds = bounds
  }

  get length(): number {
    return this.#entries.length
  }

  hasRoomFor(line: string): boolean {
    const { queueItemsMax, queueCharactersMax } = this.#bounds
    return this.length < queueItemsMax && this.#characters + line.length <= queueCharactersMax
  }

  add(entry: Entry): void {
    this.#entries.push(entry)
    this.#characters += entry.line.length
  }

  /** Gives a waiting entry another line, even when that exceeds the bound of characters. */
  replaceLine(entry: Entry, line: string): void {
    this.#characters += line.length - entry.line.length
    entry.line = line
  }

  /** Removes the first entries, at most as many as fit into one request. */
  takeBatch(): Entry[] {
    const { batchItemsMax, batchCharactersMax } = this.#bounds
    let count = 0
    let characters = 0
    for (const { line } of this.#entries) {
      if (count >= batchItemsMax || (count > 0 && characters + line.length > batchCharactersMax)) break
      characters += line.length
      count += 1
    }
    return this.#take(count, characters)
  }

  takeAll(): Entry[] {
    return this.#take(this.length, this.#characters)
  }

  #take(count: number, characters: number): Entry[] {
    const taken = this.#entries.slice(0, count)
    this.#entries = this.#entries.slice(count)
    this.#characters -= characters
    for (const entry of taken) entry.taken = true
    return taken
  }
}
