import { createHash } from 'node:crypto'
import { closeSync, ftruncateSync, renameSync, unlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Spool, SpoolSegment } from '../spool.ts'
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
import { replaySpool } from './spool-replay.ts'

export interface SpoolOptions {
  /** Where observations are kept, in a folder of their own below; made when missing. Programs with the same server and key may share it, and those that name their projects. */
  folder: string
  /** Bound of the folder in bytes; 64 MiB unless said otherwise. What others add is seen with each segment of 1 MiB. */
  bytesMax?: number
}

/** Hooks keep lines of another form in a spool of theirs; whoever gives both the same folder must not lose any. */
const SUBFOLDER = 'observations'
/** A segment is taken away at most once in a while; more often means that something else deletes them. */
const ATTEMPTS_MAX = 3

interface Segment extends SpoolSegment {
  readonly path: string
  readonly file: number
  bytes: number
  isOpen: boolean
}

/** Appends to a segment of its own, which others leave alone while this process lives. */
export function createSpool(
  { folder: parent, bytesMax = SPOOL_BYTES_MAX }: SpoolOptions,
  project: string | undefined,
  now: Clock,
): Spool {
  const folder = join(parent, subfolder(project))
  const segments = new Set<Segment>()
  let current: Segment | undefined
  /** Bytes of the segments of others, as of when this one was opened. */
  let otherBytes = 0

  const open = (): Segment => {
    const path = join(folder, ownedName(segmentName(now())))
    const segment = {
      path,
      file: openInFolder(folder, path),
      bytes: 0,
      isOpen: true,
      pending: 0,
      keep: false,
    }
    otherBytes = spoolBytes(folder) - ownBytes()
    segments.add(segment)
    return segment
  }
  const ownBytes = () => {
    let bytes = 0
    for (const segment of segments) bytes += segment.bytes
    return bytes
  }

  const write = (lines: readonly string[], attempt = 1): Segment | undefined => {
    const chunk = chunkOf(lines)
    if (current && current.bytes + chunk.length > SEGMENT_BYTES_MAX && current.bytes > 0) setAside(current)
    current ??= open()
    if (otherBytes + ownBytes() + chunk.length > bytesMax) return undefined
    const segment = current
    try {
      writeWhole(segment.file, chunk)
      // Readers compare this time with their clock, which need not be the file system's.
      absentIsFine(() => touch(segment))
    } finally {
      segment.bytes += chunk.length
    }
    if (isAt(segment.path, segment.file)) return segment
    // Taken over by a process that believes this one dead, or deleted: written again, as it may have been read before.
    forget(segment)
    if (attempt >= ATTEMPTS_MAX) throw new Error(`${segment.path} is taken away while it is written`)
    return write(lines, attempt + 1)
  }

  const touch = ({ path }: Segment) => {
    const time = new Date(now())
    utimesSync(path, time, time)
  }

  const setAside = (segment: Segment) => {
    current = undefined
    if (segment.isOpen) closeSync(segment.file)
    segment.isOpen = false
    if (segment.pending === 0 && !segment.keep) remove(segment)
  }
  const forget = (segment: Segment) => {
    if (segment === current) current = undefined
    if (segment.isOpen) closeSync(segment.file)
    segment.isOpen = false
    segments.delete(segment)
  }
  const remove = (segment: Segment) => {
    forget(segment)
    absentIsFine(() => unlinkSync(segment.path))
  }
  const letGo = (segment: Segment) => {
    forget(segment)
    absentIsFine(() => renameSync(segment.path, withoutOwner(segment.path)))
  }
  const touchAll = () => {
    for (const segment of segments) absentIsFine(() => touch(segment))
  }
  const heartbeat = setInterval(touchAll, HEARTBEAT_MS)
  heartbeat.unref()

  return {
    write: (lines) => write(lines),
    settle(settled) {
      const segment = settled as Segment
      segment.pending -= 1
      if (segment.pending > 0 || segment.keep || !segments.has(segment)) return
      if (segment !== current) return remove(segment)
      ftruncateSync(segment.file)
      segment.bytes = 0
      absentIsFine(() => touch(segment))
    },
    release() {
      for (const segment of [...segments]) if (segment.keep) letGo(segment)
    },
    async replay(send, signal) {
      const isOwn = (path: string) => [...segments].some((segment) => segment.path === path)
      return (await replaySpool(folder, send, { now, signal, isOwn })).againInMs
    },
    close() {
      clearInterval(heartbeat)
      for (const segment of [...segments]) {
        if (segment.pending > 0 || segment.keep) letGo(segment)
        else remove(segment)
      }
    },
  }
}

/** What was meant for one project must not be handed over with the key of another. Names may hold what file names may not. */
function subfolder(project: string | undefined): string {
  if (project === undefined) return SUBFOLDER
  return `${SUBFOLDER}-${createHash('sha256').update(project).digest('hex').slice(0, 16)}`
}

/** What another process has taken in the meantime is its business. */
function absentIsFine(action: () => void): void {
  try {
    action()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
