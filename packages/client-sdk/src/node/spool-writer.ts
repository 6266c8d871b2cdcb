import { createHash } from 'node:crypto'
import { closeSync, ftruncateSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Spool, SpoolSegment } from '../delivery/spool.ts'
import { removeIfPresent, renameIfPresent, touchIfPresent } from './missing-files.ts'
import {
  chunkOf,
  isAt,
  openInFolder,
  SEGMENT_BYTES_MAX,
  SPOOL_BYTES_MAX,
  spoolBytes,
  writeWhole,
} from './spool-file.ts'
import { HEARTBEAT_MS, ownedName, segmentName, withoutOwner } from './spool-names.ts'
import { type LinesSetAside, replaySpool } from './spool-replay.ts'

export interface SpoolOptions {
  /**
   * Where observations are kept, in a subfolder; created when missing. Programs may share it if they have
   * the same server and key, or if each of them gives its `project`.
   */
  folder: string
  /**
   * Largest size of the folder in bytes; default 64 MiB. Segments of other processes are counted once per
   * MiB written.
   */
  bytesMax?: number
}

/**
 * What the lines of a spool are, and the name of its subfolder. The spool of hooks has lines of another form;
 * subfolders keep all of them apart if they are given the same folder.
 */
export type SpoolContent = 'observations' | 'experiments'
/**
 * Attempts to write one chunk. A segment is rarely taken over; if it happens repeatedly, something deletes
 * the files.
 */
const ATTEMPTS_MAX = 3

interface Segment extends SpoolSegment {
  readonly path: string
  readonly file: number
  bytes: number
  isOpen: boolean
}

/** Appends to segments of its own, which other processes do not touch while this one lives. */
export class SpoolWriter implements Spool {
  readonly #folder: string
  readonly #bytesMax: number
  readonly #now: Clock
  readonly #segments = new Set<Segment>()
  readonly #heartbeat: ReturnType<typeof setInterval>
  #current: Segment | undefined
  /** Bytes of other processes' segments, measured when the current segment was opened. */
  #otherBytes = 0

  constructor(
    { folder, bytesMax = SPOOL_BYTES_MAX }: SpoolOptions,
    content: SpoolContent,
    project: string | undefined,
    now: Clock,
  ) {
    this.#folder = join(folder, subfolder(content, project))
    this.#bytesMax = bytesMax
    this.#now = now
    this.#heartbeat = setInterval(() => this.#touchAll(), HEARTBEAT_MS)
    this.#heartbeat.unref()
  }

  write(lines: readonly string[]): SpoolSegment | undefined {
    const chunk = chunkOf(lines)
    for (let attempt = 1; ; attempt += 1) {
      const segment = this.#segmentFor(chunk.length)
      if (this.#otherBytes + this.#ownBytes() + chunk.length > this.#bytesMax) return undefined
      append(segment, chunk)
      this.#touch(segment)
      if (isAt(segment.path, segment.file)) return segment
      // Deleted, or taken over by a process that considers this one dead and may have read the segment
      // before this write: write again.
      this.#forget(segment)
      if (attempt >= ATTEMPTS_MAX)
        throw new Error(`${segment.path} was renamed or deleted while it was written`)
    }
  }

  settle(settled: SpoolSegment): void {
    const segment = settled as Segment
    segment.pending -= 1
    if (isNeeded(segment) || !this.#segments.has(segment)) return
    if (segment !== this.#current) {
      this.#remove(segment)
      return
    }
    ftruncateSync(segment.file)
    segment.bytes = 0
    this.#touch(segment)
  }

  release(): void {
    for (const segment of [...this.#segments]) if (segment.keep) this.#giveUp(segment)
  }

  async replay(
    send: (lines: string[]) => Promise<void>,
    signal: AbortSignal,
    warn: (message: string) => void,
  ): Promise<number | undefined> {
    const isOwn = (path: string) => [...this.#segments].some((segment) => segment.path === path)
    const sendAll = async (lines: string[]) => {
      await send(lines)
      return []
    }
    const onSetAside = ({ lines, path }: LinesSetAside) =>
      warn(`lines of the spool cannot be read and were moved to ${path} (${lines})`)
    const options = { now: this.#now, signal, isOwn, onSetAside }
    return (await replaySpool(this.#folder, sendAll, options)).againInMs
  }

  close(): void {
    clearInterval(this.#heartbeat)
    for (const segment of [...this.#segments]) {
      if (isNeeded(segment)) this.#giveUp(segment)
      else this.#remove(segment)
    }
  }

  /** The current segment, or a new one where the chunk does not fit. */
  #segmentFor(chunkBytes: number): Segment {
    const current = this.#current
    if (current && current.bytes > 0 && current.bytes + chunkBytes > SEGMENT_BYTES_MAX)
      this.#setAside(current)
    this.#current ??= this.#open()
    return this.#current
  }

  #open(): Segment {
    const path = join(this.#folder, ownedName(segmentName(this.#now())))
    const file = openInFolder(this.#folder, path)
    const segment = { path, file, bytes: 0, isOpen: true, pending: 0, keep: false }
    this.#otherBytes = spoolBytes(this.#folder) - this.#ownBytes()
    this.#segments.add(segment)
    return segment
  }

  #ownBytes(): number {
    let bytes = 0
    for (const segment of this.#segments) bytes += segment.bytes
    return bytes
  }

  #setAside(segment: Segment): void {
    this.#current = undefined
    close(segment)
    if (!isNeeded(segment)) this.#remove(segment)
  }

  #forget(segment: Segment): void {
    if (segment === this.#current) this.#current = undefined
    close(segment)
    this.#segments.delete(segment)
  }

  #remove(segment: Segment): void {
    this.#forget(segment)
    removeIfPresent(segment.path)
  }

  /** Removes this process from the segment's name, so that any process may replay it. */
  #giveUp(segment: Segment): void {
    this.#forget(segment)
    renameIfPresent(segment.path, withoutOwner(segment.path))
  }

  /** Readers compare the file's time with their own clock, which may differ from the file system's. */
  #touch({ path }: Segment): void {
    touchIfPresent(path, this.#now())
  }

  #touchAll(): void {
    for (const segment of this.#segments) this.#touch(segment)
  }
}

function isNeeded({ pending, keep }: Segment): boolean {
  return pending > 0 || keep
}

function append(segment: Segment, chunk: Buffer): void {
  try {
    writeWhole(segment.file, chunk)
  } finally {
    segment.bytes += chunk.length
  }
}

function close(segment: Segment): void {
  if (segment.isOpen) closeSync(segment.file)
  segment.isOpen = false
}

/**
 * A folder for each project, so that lines of one project are not sent with the key of another. Hashed, as
 * names may contain characters that file names may not.
 */
function subfolder(content: SpoolContent, project: string | undefined): string {
  if (project === undefined) return content
  return `${content}-${createHash('sha256').update(project).digest('hex').slice(0, 16)}`
}
