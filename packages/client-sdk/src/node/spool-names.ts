import { statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** The segment that short processes append to, one line each. */
export const SHARED_SEGMENT = 'shared.ndjson'
/** A file with one byte for each line that was dropped because the folder was full. */
export const DROPPED_COUNT = 'dropped.count'

/** The folder of what waits to be stored in a database: its name begins with that of the database file. */
export function databaseSpoolFolder(databasePath: string): string {
  return `${databasePath}-spool`
}

/** How often an owner touches its segments, in milliseconds. */
export const HEARTBEAT_MS = 10_000
/**
 * A segment that was not touched for this long has no owner any more, even if a process has its id: ids are
 * reused.
 */
const HEARTBEAT_STALE_MS = 45_000

const HOST = hostname().replace(/[^A-Za-z0-9-]/g, '-')
const SEGMENT = /^\d{14}-[0-9a-f]{12}\.ndjson(?:\.(?<pid>\d+)@(?<host>[A-Za-z0-9-]*))?$/

/** The name of a new segment; names sort by time. */
export function segmentName(nowMs: number): string {
  // Only has to be unique, not secret. A hook must start fast, so node:crypto is not loaded.
  const random = Math.floor(Math.random() * 2 ** 48)
  return `${String(nowMs).padStart(14, '0')}-${random.toString(16).padStart(12, '0')}.ndjson`
}

/** The name of a segment while this process owns it, as its writer or during a replay. */
export function ownedName(name: string): string {
  return `${withoutOwner(name)}.${process.pid}@${HOST}`
}

export function withoutOwner(name: string): string {
  return name.replace(/\.\d+@[A-Za-z0-9-]*$/, '')
}

export function isSegment(name: string): boolean {
  return name === SHARED_SEGMENT || SEGMENT.test(name)
}

/**
 * In how many milliseconds a segment has no owner any more, unless its owner touches it until then. The
 * process that renames it first may replay it. On this host a dead owner is known by its process id; on
 * other hosts, and in containers, where process ids repeat, by its silence.
 * @returns 0 when it has no owner; undefined when it does not exist any more
 */
export function freeInMs(folder: string, name: string, nowMs: number): number | undefined {
  const owner = SEGMENT.exec(name)?.groups
  if (owner?.pid === undefined) return 0
  if (owner.host === HOST && !isAlive(Number(owner.pid))) return 0
  const touchedMs = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs
  return touchedMs === undefined ? undefined : Math.max(0, touchedMs + HEARTBEAT_STALE_MS - nowMs)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
