import { durationBucket, type Kind, type Outcome } from '@skillwatch/schema'
import { hasDuration } from '../roll-ups/call-counters.ts'
import type { Reader } from '../sqlite/open.ts'
import { prepared } from '../sqlite/statements.ts'
import { floorTo, HOUR_MS } from '../time.ts'
import { countBucket, type HourlyCalls } from './hourly-calls.ts'
import { keyText } from './skill-keys.ts'
import type { TimeRange } from './window-parts.ts'

/**
 * What the calls that began in one hour add to the counts of the hours in which they ended. The slices of
 * all hours of a range add up to `hourlyCalls` of that range.
 */
export interface HourSlice {
  /** The hour in which the calls began. */
  readonly hour_at_ms: number
  /** Ordered by the hour in which the calls ended. */
  readonly counts: readonly HourlyCalls[]
  /**
   * The rows that were counted, ascending: calls that began in the hour, and of each of their sessions the
   * last call before the hour. The slice stays the same until one of them changes, a call that began in the
   * hour is added or changes, or another call becomes the last one before the hour.
   */
  readonly row_ids: readonly number[]
  /** Calls that began in the hour and were not counted, as they end after the range. */
  readonly pending: readonly PendingCall[]
}

interface PendingCall {
  readonly row_id: number
  readonly ended_at_ms: number
}

/** A call without a duration ended when it began, as far as is known; `hourlyCalls` counts alike. */
const CALLS = `select row_id, session_id, kind, skill_name, invoked_at_ms, outcome,
  coalesce(elapsed_ms, execution_ms) as duration_ms
  from skill_invocation`

/** Calls that began together are ordered by what they are, so that the order of arrival does not matter. */
const SELECT_OF_HOUR = `${CALLS} indexed by skill_invocation_by_time
  where project_id = ? and invoked_at_ms >= ? and invoked_at_ms < ? and outcome <> 'running'
  order by invoked_at_ms, kind, skill_name, duration_ms`

const OF_SESSION = `${CALLS} indexed by skill_invocation_by_session
  where project_id = ? and session_id = ? and invoked_at_ms >= ? and invoked_at_ms < ?
    and outcome <> 'running' and invoked_at_ms + coalesce(elapsed_ms, execution_ms, 0) < ?`
const SELECT_LAST_OF_SESSION = `${OF_SESSION}
  order by invoked_at_ms desc, kind desc, skill_name desc, duration_ms desc limit 1`
const SELECT_FIRST_OF_SESSION = `${OF_SESSION} order by invoked_at_ms limit 1`

const SELECT_BY_ROW = `${CALLS} where row_id = ? and project_id = ? and outcome <> 'running'`

type CallRow = [
  rowId: number,
  sessionId: string,
  kind: Kind,
  skillName: string,
  invokedAtMs: number,
  outcome: Exclude<Outcome, 'running'>,
  durationMs: number | null,
]

/**
 * The slices of some hours, in their order. The cost follows the calls that began in them.
 * @param hours starts of hours of the range, ascending
 * @param range of whole hours; calls that ended outside are not counted
 */
export function* hourSlices(
  reader: Reader,
  projectId: number,
  hours: Iterable<number>,
  range: TimeRange,
): Generator<HourSlice> {
  for (const hourAtMs of hours) yield readSlice(reader, projectId, hourAtMs, range)
}

/**
 * The hours whose slices some rows belong to now: the hour in which each began, and that of the call which
 * comes next in its session. Rows that are deleted, run or begin outside of the range belong to none.
 */
export function slicesOfRows(
  { sqlite }: Reader,
  projectId: number,
  rowIds: Iterable<number>,
  [from, to]: TimeRange,
): Set<number> {
  const hours = new Set<number>()
  const bySessionAndHour = new Set<string>()
  const byRow = prepared(sqlite, SELECT_BY_ROW).raw()
  for (const rowId of rowIds) {
    const row = byRow.get(rowId, projectId) as CallRow | undefined
    if (row === undefined || row[4] < from || row[4] >= to) continue
    const hourAtMs = floorTo(row[4], HOUR_MS)
    hours.add(hourAtMs)
    if (endOf(row) < to) bySessionAndHour.add(JSON.stringify([row[1], hourAtMs]))
  }
  const first = prepared(sqlite, SELECT_FIRST_OF_SESSION).raw()
  for (const text of bySessionAndHour) {
    const [sessionId, hourAtMs] = JSON.parse(text) as [string, number]
    const next = first.get(projectId, sessionId, hourAtMs + HOUR_MS, to, to) as CallRow | undefined
    if (next !== undefined) hours.add(floorTo(next[4], HOUR_MS))
  }
  return hours
}

function readSlice(
  { sqlite }: Reader,
  projectId: number,
  hourAtMs: number,
  [from, to]: TimeRange,
): HourSlice {
  const counter = new SliceCounter()
  const pending: PendingCall[] = []
  const last = prepared(sqlite, SELECT_LAST_OF_SESSION).raw()
  const ofHour = prepared(sqlite, SELECT_OF_HOUR).raw()
  // Read at once, as the last calls of sessions are read in between.
  const rows = ofHour.all(projectId, hourAtMs, hourAtMs + HOUR_MS) as CallRow[]
  for (const row of rows) {
    const endedAtMs = endOf(row)
    if (endedAtMs >= to) {
      pending.push({ row_id: row[0], ended_at_ms: endedAtMs })
      continue
    }
    if (!counter.knows(row[1]))
      counter.begin(row[1], last.get(projectId, row[1], from, hourAtMs, to) as CallRow | undefined)
    counter.add(row)
  }
  return { hour_at_ms: hourAtMs, ...counter.counted(), pending }
}

type Counting = { -readonly [Name in keyof HourlyCalls]: HourlyCalls[Name] } & {
  duration_counts: number[]
  follow_counts: Record<string, number>
}

/** Counts calls in the order in which they began. */
class SliceCounter {
  readonly #cells = new Map<string, Counting>()
  readonly #rowIds = new Set<number>()
  /** By session: its last call so far. */
  readonly #previous = new Map<string, CallRow | undefined>()

  knows(sessionId: string): boolean {
    return this.#previous.has(sessionId)
  }

  begin(sessionId: string, previous: CallRow | undefined): void {
    if (previous !== undefined) this.#rowIds.add(previous[0])
    this.#previous.set(sessionId, previous)
  }

  add(row: CallRow): void {
    const [rowId, sessionId, , skillName, , outcome, durationMs] = row
    const cell = this.#cellOf(row, endOf(row))
    cell.invocation_count += 1
    cell[`${outcome}_count`] += 1
    if (durationMs !== null && hasDuration(outcome))
      countBucket(cell.duration_counts, durationBucket(durationMs))
    const previous = this.#previous.get(sessionId)
    if (previous !== undefined) this.#follow(previous, row, skillName)
    this.#previous.set(sessionId, row)
    this.#rowIds.add(rowId)
  }

  counted(): Pick<HourSlice, 'counts' | 'row_ids'> {
    return {
      counts: [...this.#cells.values()].sort((a, b) => a.hour_at_ms - b.hour_at_ms),
      row_ids: [...this.#rowIds].sort((a, b) => a - b),
    }
  }

  #follow(previous: CallRow, next: CallRow, name: string): void {
    const { follow_counts } = this.#cellOf(previous, Math.max(endOf(previous), endOf(next)))
    follow_counts[name] = (follow_counts[name] ?? 0) + 1
  }

  #cellOf([, , kind, skill_name]: CallRow, atMs: number): Counting {
    const hour_at_ms = floorTo(atMs, HOUR_MS)
    const key = `${hour_at_ms} ${keyText({ kind, skill_name })}`
    const known = this.#cells.get(key)
    if (known !== undefined) return known
    const cell: Counting = {
      ...{ kind, skill_name, hour_at_ms },
      ...{ invocation_count: 0, completed_count: 0, failed_count: 0, rejected_count: 0, abandoned_count: 0 },
      duration_counts: [],
      // Without a prototype, as a name may be one of its properties.
      follow_counts: Object.create(null) as Record<string, number>,
    }
    this.#cells.set(key, cell)
    return cell
  }
}

function endOf([, , , , invokedAtMs, , durationMs]: CallRow): number {
  return invokedAtMs + (durationMs ?? 0)
}
