import { TimeZone } from '../series/time-zone.ts'

/** What one skill did in one hour. Rows of the same skill and hour are added. */
export interface HourlyRow {
  readonly kind: string
  readonly skill_name: string
  /** The start of the hour, of the calls' own time. */
  readonly hour_at_ms: number
  /** All calls, those that still run included. */
  readonly invocation_count: number
  readonly completed_count: number
  readonly failed_count: number
  readonly rejected_count: number
  readonly abandoned_count: number
  /** Calls by duration bucket, not cumulative. */
  readonly duration_counts: ArrayLike<number>
  /** How often each skill or tool followed next. */
  readonly follow_counts: Readonly<Record<string, number>>
}

/** The counts of one skill: a number per hour of the table. */
export interface SkillCounts {
  readonly kind: string
  readonly skill_name: string
  readonly calls: Float64Array
  readonly ended: Float64Array
  readonly completed: Float64Array
  /** By hour, then by duration bucket. */
  readonly durations: Uint32Array
  /** By hour, then by follower. */
  readonly follows: Uint32Array
  readonly followers: readonly string[]
}

/** The same with what detection reads most often. */
export interface SkillColumns extends SkillCounts {
  /** Calls with a duration. */
  readonly timed: Float64Array
  /** Calls with a follower. */
  readonly followed: Float64Array
  /** The first bucket with a duration, and the end of the last one. */
  readonly usedBuckets: readonly [from: number, to: number]
}

/** Hourly counts of all skills, ready for detection. */
export interface HourlyTable {
  readonly firstHourMs: number
  readonly hours: number
  /** Upper bounds of the duration buckets in milliseconds, ascending; the last one may be infinite. */
  readonly durationBoundsMs: readonly number[]
  /** By hour: 0 is Monday 0:00 to 1:00 in the time zone of the table. */
  readonly hourOfWeek: Uint8Array
  /** Ordered by kind and name. */
  readonly skills: readonly SkillColumns[]
}

export interface TableRange {
  /** The start of the first hour. */
  readonly fromMs: number
  /** The end of the last hour. */
  readonly toMs: number
  /** An IANA name: the zone whose hours of the week are alike. */
  readonly timeZone: string
  readonly durationBoundsMs: readonly number[]
}

export const HOUR_MS = 3_600_000
/** Followers that are counted by name, in the order of their first hour; all later ones are one. */
const FOLLOWERS_MAX = 31
const OTHER = '(other)'

/**
 * Puts hourly rows into columns, one array per skill and count. The order of rows does not matter, and rows
 * of the same skill and hour are added. Rows outside of the range are not counted (see `hourlyTableOf`).
 * @throws {RangeError} when no time zone has the name
 */
export function createHourlyTable(rows: Iterable<HourlyRow>, range: TableRange): HourlyTable {
  return hourlyTableOf(groupBySkill(rows), range)
}

/**
 * The same from rows that are grouped already, so that only those of one skill are in memory at a time. Rows
 * before the range are not counted, but name the followers, so that a table which begins later has the same.
 * @param groups all rows of a skill each, ordered by kind and name
 */
export function hourlyTableOf(groups: Iterable<readonly HourlyRow[]>, range: TableRange): HourlyTable {
  const { fromMs, toMs, durationBoundsMs } = range
  const hours = Math.max(0, Math.ceil((toMs - fromMs) / HOUR_MS))
  const skills: SkillColumns[] = []
  for (const group of groups) {
    const known = group.filter(({ hour_at_ms }) => hour_at_ms < toMs)
    const rows = known.filter(({ hour_at_ms }) => hour_at_ms >= fromMs)
    if (rows.length > 0) skills.push(columnsOf(rows, followersOf(known), range, hours))
  }
  return { firstHourMs: fromMs, hours, durationBoundsMs, hourOfWeek: hoursOfWeek(range, hours), skills }
}

/** The rows of each skill, ordered by kind and name. */
function groupBySkill(rows: Iterable<HourlyRow>): HourlyRow[][] {
  const kinds = new Map<string, Map<string, HourlyRow[]>>()
  for (const row of rows) {
    const names = kinds.get(row.kind) ?? new Map<string, HourlyRow[]>()
    kinds.set(row.kind, names)
    const known = names.get(row.skill_name)
    if (known === undefined) names.set(row.skill_name, [row])
    else known.push(row)
  }
  const byKey = <T>([a]: [string, T], [b]: [string, T]) => (a < b ? -1 : 1)
  return [...kinds].sort(byKey).flatMap(([, names]) => [...names].sort(byKey).map(([, ofSkill]) => ofSkill))
}

function hoursOfWeek({ fromMs, timeZone }: TableRange, hours: number): Uint8Array {
  const zone = new TimeZone(timeZone)
  return Uint8Array.from({ length: hours }, (_, hour) => zone.hourOfWeek(fromMs + hour * HOUR_MS))
}

function columnsOf(
  rows: readonly HourlyRow[],
  { names, slotOf }: ReturnType<typeof followersOf>,
  range: TableRange,
  hours: number,
): SkillColumns {
  const buckets = range.durationBoundsMs.length
  const columns = {
    kind: rows[0]!.kind,
    skill_name: rows[0]!.skill_name,
    calls: new Float64Array(hours),
    ended: new Float64Array(hours),
    completed: new Float64Array(hours),
    durations: new Uint32Array(hours * buckets),
    follows: new Uint32Array(hours * names.length),
    followers: names,
  }
  const { calls, ended, completed, durations, follows } = columns
  for (const row of rows) {
    const hour = Math.floor((row.hour_at_ms - range.fromMs) / HOUR_MS)
    calls[hour]! += row.invocation_count
    ended[hour]! += row.completed_count + row.failed_count + row.rejected_count + row.abandoned_count
    completed[hour]! += row.completed_count
    const counts = row.duration_counts
    const used = Math.min(buckets, counts.length)
    for (let i = 0; i < used; i += 1) if (counts[i] !== 0) durations[hour * buckets + i]! += counts[i]!
    for (const name in row.follow_counts)
      follows[hour * names.length + slotOf(name)]! += row.follow_counts[name]!
  }
  return withTotals(columns, buckets)
}

export function withTotals(counts: SkillCounts, buckets: number): SkillColumns {
  const hours = counts.calls.length
  let [first, last] = [buckets, 0]
  for (let hour = 0; hour < hours; hour += 1) {
    for (let i = 0; i < buckets; i += 1) {
      if (counts.durations[hour * buckets + i] === 0) continue
      if (i < first) first = i
      if (i >= last) last = i + 1
    }
  }
  return {
    ...counts,
    timed: rowSums(counts.durations, buckets, hours),
    followed: rowSums(counts.follows, counts.followers.length, hours),
    usedBuckets: [Math.min(first, last), last],
  }
}

function rowSums(values: Uint32Array, width: number, rows: number): Float64Array {
  const sums = new Float64Array(rows)
  for (let row = 0, i = 0; row < rows; row += 1) {
    let sum = 0
    for (const end = i + width; i < end; i += 1) sum += values[i]!
    sums[row] = sum
  }
  return sums
}

/** By first hour and then by name, so that later hours never change the place of a follower. */
function followersOf(rows: readonly HourlyRow[]) {
  const firstHour = new Map<string, number>()
  for (const { hour_at_ms, follow_counts } of rows)
    for (const name in follow_counts)
      if (hour_at_ms < (firstHour.get(name) ?? Number.POSITIVE_INFINITY)) firstHour.set(name, hour_at_ms)
  const ordered = [...firstHour].sort(([a, hourA], [b, hourB]) => hourA - hourB || (a < b ? -1 : 1))
  const named = ordered.slice(0, FOLLOWERS_MAX).map(([name]) => name)
  const slots = new Map(named.map((name, slot) => [name, slot]))
  const names = ordered.length > FOLLOWERS_MAX ? [...named, OTHER] : named
  return { names, slotOf: (name: string) => slots.get(name) ?? named.length }
}
