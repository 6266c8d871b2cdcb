import type { Spool, SpoolSegment } from './spool.ts'
import type { ClientStats } from './stats.ts'
import type { Warnings } from './warnings.ts'

/** One observation on its way. */
export interface Entry {
  line: string
  /** Its line cannot be replaced any more: it is under way, settled, or was never queued. */
  taken: boolean
  /** Where on the disk it is. */
  segments: SpoolSegment[] | undefined
  /** On disk only, as the memory was full. */
  readonly isOverflow: boolean
}

export interface DiskCopyOptions {
  readonly spool: Spool
  readonly stats: ClientStats
  readonly warnings: Warnings
  /** Told when something is on the disk only, so that it has to be read back. */
  readonly onLeft: () => void
}

/** Keeps entries on the disk as long as they are not settled, one append per tick. */
export interface DiskCopy {
  /** Writes the entry's line at the end of the tick. */
  keep(entry: Entry): void
  /** Writes what this tick has not written yet. */
  write(): void
  settle(entry: Entry): void
  close(): void
}

/** Lines kept back until the end of the tick; a loop that records more is written in pieces. */
const UNWRITTEN_MAX = 256

export function createDiskCopy({ spool, stats, warnings, onLeft }: DiskCopyOptions): DiskCopy {
  const unwritten = new Set<Entry>()

  const write = () => {
    if (unwritten.size === 0) return
    const entries = [...unwritten]
    unwritten.clear()
    const segment = append(entries.map(({ line }) => line))
    for (const entry of entries) {
      if (entry.isOverflow) leave(segment)
      else if (segment === undefined) stats.unspooled += 1
      else {
        segment.pending += 1
        entry.segments ??= []
        entry.segments.push(segment)
      }
    }
  }

  const append = (lines: readonly string[]): SpoolSegment | undefined => {
    try {
      const segment = spool.write(lines)
      if (segment) warnings.over('spool')
      else warnings.warn('spool', 'the spool is full; what it does not take is kept in memory only')
      return segment
    } catch (error) {
      warnings.warn('spool', `the spool cannot be written: ${(error as Error).message}`)
      return undefined
    }
  }

  const leave = (segment: SpoolSegment | undefined) => {
    stats.queued -= 1
    if (segment === undefined) {
      stats.dropped += 1
      warnings.warn(
        'dropped',
        'the queue is full and the spool takes no more, so new observations are dropped',
      )
      return
    }
    segment.keep = true
    stats.leftOnDisk += 1
    onLeft()
  }

  return {
    write,
    keep(entry) {
      if (unwritten.size === 0) queueMicrotask(write)
      if (unwritten.add(entry).size >= UNWRITTEN_MAX) write()
    },
    settle({ segments = [] }) {
      try {
        for (const segment of segments) spool.settle(segment)
      } catch (error) {
        // The next start hands it over once more, which changes nothing.
        warnings.warn('spool', `the spool cannot be cleared: ${(error as Error).message}`)
      }
    },
    close() {
      try {
        spool.close()
      } catch (error) {
        warnings.warn('spool', `the spool cannot be closed: ${(error as Error).message}`)
      }
    },
  }
}
