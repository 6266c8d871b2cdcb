import { statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** Written by processes that come and go, one line each. */
export const SHARED_SEGMENT = 'shared.ndjson'
/** As many bytes as lines were dropped because the folder was full. */
export const DROPPED_COUNT = 'dropped.count'

/** How often an owner touches its segments, in milliseconds. */
export const HEARTBEAT_MS = 10_000
/** A segment not touched for so long has lost its owner, even when a process with that id lives (ids are used again). */
const HEARTBEAT_STALE_MS = 45_000

const HOST = hostname().replace(/[^A-Za-z0-9-]/g, '-')
const SEGMENT = /^\d{14}-[0-9a-f]{12}\.ndjson(?:\.(?<pid>\d+)@(?<host>[A-Za-z0-9-]*))?$/

/** A new segment's name; names sort by time. */
export function segmentName(nowMs: number): string {
  // Not a secret, only unlikely to meet another one; a hook has no time to load node:crypto.
  const random = Math.floor(Math.random() * 2 ** 48)
  return `${String(nowMs).padStart(14, '0')}-${random.toString(16).padStart(12, '0')}.ndjson`
}

/** The name under which this process owns a segment, as its writer or while it replays it. */
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
 * In how many milliseconds a segment has lost its owner, unless that one gives a sign of life; whoever then renames it first
 * may replay it. The dead are known at once on this machine, elsewhere (and in containers, whose process ids are alike) by their silence.
 * @returns 0 when it is free; undefined when it is not there any more
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
    // EPERM: it lives and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
