import {
  changedRowIds,
  hourSlices,
  openReader,
  type Reader,
  type StreamExtent,
  slicesOfRows,
  snapshot,
  streamPosition,
} from '@skillwatch/db'
import type { Plan } from '../schedule.ts'
import type { RunMemory } from './memory.ts'
import { Slices } from './slices.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** More changes than these are not followed: to read all hours takes no longer. */
const CHANGES_MAX = 200_000

/** Where the hours are read. */
export interface HourSource {
  readonly databaseUrl: string
  readonly projectId: number
}

/** The hours of a plan, as of one commit. */
export interface ReadHours extends Pick<RunMemory, 'position' | 'allReadAtMs'> {
  readonly slices: Slices
  /** The first hour that differs from what the run before read; infinite when none does. */
  readonly changedFromMs: number
  /** `changes`: only what the change log names was read again. */
  readonly extent: 'all' | 'changes'
}

/**
 * Reads from one snapshot the hours that changed since the run before, or all hours: without a run before,
 * once a day, and when the change log does not say what changed.
 * @param memory what the run before of the same hours has read
 */
export function readHours(
  { databaseUrl, projectId }: HourSource,
  plan: Plan,
  memory: RunMemory | undefined,
): ReadHours {
  using reader = openReader(databaseUrl)
  return snapshot(reader, () => {
    const position = streamPosition(reader, projectId)
    const canFollow = memory !== undefined && isInLog(memory, position) && !isAllDue(memory, plan)
    const slices = new Slices(memory)
    const range = [plan.fromMs, plan.untilMs] as const
    const hours = canFollow ? changedHours(reader, projectId, slices, memory, range) : hoursBetween(...range)
    let changedFromMs = Number.POSITIVE_INFINITY
    for (const slice of hourSlices(reader, projectId, hours, range))
      changedFromMs = Math.min(changedFromMs, slices.set(slice))
    return {
      ...{ slices, changedFromMs, position: { epoch: position.epoch, offset: position.last_offset } },
      allReadAtMs: canFollow ? memory.allReadAtMs : plan.lastRunAtMs,
      extent: canFollow ? 'changes' : 'all',
    }
  })
}

/** Whether the log has all changes since a position, and they are few enough. */
function isInLog({ position }: RunMemory, { epoch, oldest_offset, last_offset }: StreamExtent): boolean {
  const changes = last_offset - position.offset
  const isWhole = epoch === position.epoch && oldest_offset <= position.offset + 1
  return isWhole && changes >= 0 && changes <= CHANGES_MAX
}

/** Once a day all hours are read, so that a change which the log does not name is found within a day. */
function isAllDue({ allReadAtMs }: RunMemory, { lastRunAtMs }: Plan): boolean {
  return lastRunAtMs - allReadAtMs >= DAY_MS
}

/**
 * The hours whose slices can have changed: those that were counted from a row that changed, those that such a
 * row belongs to now, and those that the run before did not read.
 */
function changedHours(
  reader: Reader,
  projectId: number,
  slices: Slices,
  { position, untilMs }: RunMemory,
  range: readonly [number, number],
): number[] {
  const changed = changedRowIds(reader, projectId, position.offset)
  for (const rowId of slices.pendingUntil(range[1])) changed.add(rowId)
  const hours = new Set([
    ...slices.countedFrom(changed),
    ...slicesOfRows(reader, projectId, changed, range),
    ...hoursBetween(untilMs, range[1]),
  ])
  return [...hours].sort((a, b) => a - b)
}

function hoursBetween(fromMs: number, toMs: number): number[] {
  return Array.from({ length: (toMs - fromMs) / HOUR_MS }, (_, hour) => fromMs + hour * HOUR_MS)
}
