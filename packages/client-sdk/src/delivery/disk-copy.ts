import type { Warnings } from '../shared/warnings.ts'
import type { Entry } from './entry-queue.ts'
import type { Spool, SpoolSegment } from './spool.ts'
import type { ClientStats } from './stats.ts'

export interface DiskCopyOptions {
  readonly spool: Spool
  readonly stats: ClientStats
  readonly warnings: Warnings
  /** Called when a line is on disk only, so that it has to be read back. */
  readonly onLeft: () => void
}

/** Lines that wait for the end of the tick; a loop that records more is written in pieces. */
const UNWRITTEN_MAX = 256

/** Keeps a copy on disk of entries that are not settled yet, with one append per tick. */
export class DiskCopy {
  readonly #options: DiskCopyOptions
  readonly #unwritten = new Set<Entry>()

  constructor(options: DiskCopyOptions) {
    this.#options = options
  }

  /** Writes the entry's line at the end of the tick. */
  keep(entry: Entry): void {
    if (this.#unwritten.size === 0) queueMicrotask(() => this.write())
    if (this.#unwritten.add(entry).size >= UNWRITTEN_MAX) this.write()
  }

  /** Writes the kept entries now. */
  write(): void {
    if (this.#unwritten.size === 0) return
    const entries = [...this.#unwritten]
    this.#unwritten.clear()
    const segment = this.#append(entries.map(({ line }) => line))
    for (const entry of entries) {
      if (entry.isOverflow) this.#leave(segment)
      else if (segment === undefined) this.#options.stats.unspooled += 1
      else addSegment(entry, segment)
    }
  }

  /** The entry is committed or rejected: its copy is not needed any more. */
  settle({ segments = [] }: Entry): void {
    // If this fails, the next start sends the lines again, which is safe: the server ignores duplicates.
    this.#warnOnError('the spool cannot be cleared', () => {
      for (const segment of segments) this.#options.spool.settle(segment)
    })
  }

  close(): void {
    this.#warnOnError('the spool cannot be closed', () => this.#options.spool.close())
  }

  #append(lines: readonly string[]): SpoolSegment | undefined {
    const { spool, warnings } = this.#options
    return this.#warnOnError('the spool cannot be written', () => {
      const segment = spool.write(lines)
      if (segment) warnings.over('spool')
      else warnings.warn('spool', 'the spool is full: new observations are kept in memory only')
      return segment
    })
  }

  /** Counts an entry that is not in memory. */
  #leave(segment: SpoolSegment | undefined): void {
    const { stats, warnings, onLeft } = this.#options
    stats.queued -= 1
    if (segment === undefined) {
      stats.dropped += 1
      warnings.warn('dropped', 'the queue and the spool are full, so new observations are dropped')
      return
    }
    segment.keep = true
    stats.leftOnDisk += 1
    onLeft()
  }

  #warnOnError<T>(message: string, action: () => T): T | undefined {
    try {
      return action()
    } catch (error) {
      this.#options.warnings.warn('spool', `${message}: ${(error as Error).message}`)
      return undefined
    }
  }
}

function addSegment(entry: Entry, segment: SpoolSegment): void {
  segment.pending += 1
  entry.segments ??= []
  entry.segments.push(segment)
}
