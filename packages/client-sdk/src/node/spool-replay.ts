import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Clock } from '../clock.ts'
import { ignoreMissing, removeIfPresent, renameIfPresent, touchIfPresent } from './missing-files.ts'
import { type LinesSetAside, type SetAsideReason, setAside } from './set-aside.ts'
import {
  DROPPED_COUNT,
  freeInMs,
  HEARTBEAT_MS,
  isSegment,
  ownedName,
  SHARED_SEGMENT,
  segmentName,
  withoutOwner,
} from './spool-names.ts'

export { type LinesSetAside, type SetAsideReason, setAside } from './set-aside.ts'

export interface ReplaySummary {
  /** Segments that were sent completely and deleted. */
  segments: number
  /** Lines sent. */
  lines: number
  /** Lines dropped since the last replay because the folder was full. */
  droppedLines: number
  /** When to replay again, in milliseconds: a segment has an owner that may be dead by then. */
  againInMs: number | undefined
}

export interface ReplayOptions {
  /** The time in epoch milliseconds. */
  readonly now: Clock
  readonly signal?: AbortSignal | undefined
  /** Whether the caller itself writes this segment. */
  readonly isOwn?: (path: string) => boolean
  /** Called for lines that are not JSON, such as half-written ones, and for those that were rejected. */
  readonly onSetAside?: (aside: LinesSetAside) => void
  /** Removes what must not stay on disk from a line that is set aside. */
  readonly redact?: (line: string) => string
}

/** Resolves with those of the lines that can never be stored, when the others are. */
type Send = (lines: string[]) => Promise<readonly string[]>

const REPLAY_LINES_MAX = 500
const REPLAY_CHARACTERS_MAX = 2 * 1_048_576
/** Begins the names of the files of lines that were set aside. */
const SET_ASIDE_SOURCE = 'spool'

/**
 * Sends the lines that are left in the folder, oldest first, and deletes them. Any process may do it: a
 * segment has one owner at a time, and a segment whose owner is dead is taken over. A line may be sent
 * twice; none is lost. Lines that cannot be sent are set aside in files of the folder.
 * @param send when it throws, the segment stays for the next replay
 * @throws what `send` throws, and the file system's errors
 */
export async function replaySpool(
  folder: string,
  send: Send,
  options: ReplayOptions,
): Promise<ReplaySummary> {
  const { now, signal, isOwn } = options
  const summary: ReplaySummary = {
    segments: 0,
    lines: 0,
    droppedLines: takeDropped(folder),
    againInMs: undefined,
  }
  for (const name of namesIn(folder).filter(isSegment).sort()) {
    signal?.throwIfAborted()
    const waitMs = isOwn?.(join(folder, name)) ? undefined : freeInMs(folder, name, now())
    if (waitMs !== undefined && waitMs > 0) summary.againInMs = Math.min(waitMs, summary.againInMs ?? waitMs)
    const path = waitMs === 0 ? take(folder, name, now()) : undefined
    if (path !== undefined) await replayTaken(path, send, summary, options)
  }
  return summary
}

/** Sends the lines of a segment that this process owns, and deletes it. */
async function replayTaken(
  path: string,
  send: Send,
  summary: ReplaySummary,
  options: ReplayOptions,
): Promise<void> {
  const { now } = options
  const heartbeat = setInterval(() => touchIfPresent(path, now()), HEARTBEAT_MS)
  heartbeat.unref()
  try {
    const { json, unreadable } = linesOf(path)
    const rejected: string[] = []
    for (const lines of batchesOf(json)) {
      rejected.push(...(await send(lines)))
      summary.lines += lines.length
    }
    // Only now, as a segment that cannot be sent whole is read again.
    setAsideIn(dirname(path), { unreadable, rejected }, options)
    removeIfPresent(path)
    summary.segments += 1
  } catch (error) {
    renameIfPresent(path, withoutOwner(path))
    throw error
  } finally {
    clearInterval(heartbeat)
  }
}

function setAsideIn(
  folder: string,
  linesOfReason: Readonly<Record<SetAsideReason, readonly string[]>>,
  { redact = (line) => line, onSetAside }: ReplayOptions,
): void {
  for (const reason of ['unreadable', 'rejected'] as const) {
    const lines = linesOfReason[reason]
    if (lines.length === 0) continue
    const aside = setAside(folder, SET_ASIDE_SOURCE, reason, lines.map(redact))
    onSetAside?.(aside)
  }
}

function linesOf(path: string): { json: string[]; unreadable: string[] } {
  const json: string[] = []
  const unreadable: string[] = []
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line !== '') (isJson(line) ? json : unreadable).push(line)
  }
  return { json, unreadable }
}

function* batchesOf(lines: readonly string[]): Generator<string[]> {
  let batch: string[] = []
  let characters = 0
  for (const line of lines) {
    if (batch.length >= REPLAY_LINES_MAX || characters + line.length > REPLAY_CHARACTERS_MAX) {
      if (batch.length > 0) yield batch
      batch = []
      characters = 0
    }
    batch.push(line)
    characters += line.length
  }
  if (batch.length > 0) yield batch
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}

/** Takes ownership by renaming: of several processes that try, one succeeds. */
function take(folder: string, name: string, nowMs: number): string | undefined {
  const path = join(folder, name)
  // Touched first, so that the segment does not look abandoned by its new owner.
  touchIfPresent(path, nowMs)
  const owned = join(folder, ownedName(name === SHARED_SEGMENT ? segmentName(nowMs) : name))
  return renameIfPresent(path, owned) ? owned : undefined
}

function takeDropped(folder: string): number {
  const path = join(folder, DROPPED_COUNT)
  const taken = join(folder, `${DROPPED_COUNT}.${process.pid}`)
  if (!renameIfPresent(path, taken)) return 0
  const { size } = statSync(taken)
  removeIfPresent(taken)
  return size
}

function namesIn(folder: string): string[] {
  return ignoreMissing(() => readdirSync(folder)) ?? []
}
