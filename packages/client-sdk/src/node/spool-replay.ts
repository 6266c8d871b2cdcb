import { readdirSync, readFileSync, renameSync, statSync, unlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
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

export interface ReplaySummary {
  /** Segments that were handed over whole and are gone. */
  segments: number
  /** Lines handed over. */
  lines: number
  /** Lines that were no JSON: half-written ones and garbage. */
  skippedLines: number
  /** Lines that never came in because the folder was full, since the last replay. */
  droppedLines: number
  /** When to look again, in milliseconds: somebody has a segment who may be dead by then. */
  againInMs: number | undefined
}

export interface ReplayOptions {
  /** The time in epoch milliseconds. */
  readonly now: Clock
  readonly signal?: AbortSignal | undefined
  /** Whether the caller itself writes the segment. */
  readonly isOwn?: (path: string) => boolean
}

const REPLAY_LINES_MAX = 500
const REPLAY_CHARACTERS_MAX = 2 * 1_048_576

/**
 * Hands over what is left in the folder, oldest first, and removes it. Any process may do it: each segment is taken by one
 * at a time, and one whose owner has died is taken over. A line may be handed over twice, never lost.
 * @param send resolves when the lines are safe elsewhere, or never will be; when it throws, the rest stays for the next replay
 * @throws what `send` throws
 */
export async function replaySpool(
  folder: string,
  send: (lines: string[]) => Promise<void>,
  { now, signal, isOwn }: ReplayOptions,
): Promise<ReplaySummary> {
  const summary: ReplaySummary = {
    segments: 0,
    lines: 0,
    skippedLines: 0,
    droppedLines: takeDropped(folder),
    againInMs: undefined,
  }
  for (const name of namesIn(folder).filter(isSegment).sort()) {
    signal?.throwIfAborted()
    const waitMs = isOwn?.(join(folder, name)) ? undefined : freeInMs(folder, name, now())
    if (waitMs !== undefined && waitMs > 0) summary.againInMs = Math.min(waitMs, summary.againInMs ?? waitMs)
    const path = waitMs === 0 ? take(folder, name, now()) : undefined
    if (path === undefined) continue
    const heartbeat = setInterval(() => touch(path, now()), HEARTBEAT_MS)
    heartbeat.unref()
    try {
      await replaySegment(path, send, summary)
      remove(path)
      summary.segments += 1
    } catch (error) {
      rename(path, withoutOwner(path))
      throw error
    } finally {
      clearInterval(heartbeat)
    }
  }
  return summary
}

async function replaySegment(
  path: string,
  send: (lines: string[]) => Promise<void>,
  summary: ReplaySummary,
) {
  let batch: string[] = []
  let characters = 0
  const handOver = async () => {
    if (batch.length === 0) return
    await send(batch)
    summary.lines += batch.length
    batch = []
    characters = 0
  }
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue
    if (!isJson(line)) {
      summary.skippedLines += 1
      continue
    }
    if (batch.length >= REPLAY_LINES_MAX || characters + line.length > REPLAY_CHARACTERS_MAX)
      await handOver()
    batch.push(line)
    characters += line.length
  }
  await handOver()
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}

/** Renaming is what decides who has it: of several that try, one succeeds. */
function take(folder: string, name: string, nowMs: number): string | undefined {
  const path = join(folder, name)
  // Touched first: the new owner must not look lost from its first moment.
  touch(path, nowMs)
  const owned = join(folder, ownedName(name === SHARED_SEGMENT ? segmentName(nowMs) : name))
  return rename(path, owned) ? owned : undefined
}

function takeDropped(folder: string): number {
  const path = join(folder, DROPPED_COUNT)
  const taken = join(folder, `${DROPPED_COUNT}.${process.pid}`)
  if (!rename(path, taken)) return 0
  const { size } = statSync(taken)
  remove(taken)
  return size
}

function namesIn(folder: string): string[] {
  return absentIsFine(() => readdirSync(folder)) ?? []
}

function rename(from: string, to: string): boolean {
  return absentIsFine(() => renameSync(from, to) ?? true) ?? false
}

function remove(path: string): void {
  absentIsFine(() => unlinkSync(path))
}

function touch(path: string, nowMs: number): void {
  const now = new Date(nowMs)
  absentIsFine(() => utimesSync(path, now, now))
}

/** What another process has taken in the meantime is its business. */
function absentIsFine<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return undefined
  }
}
