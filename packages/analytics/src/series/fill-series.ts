import { TimeZone } from './time-zone.ts'

export type SeriesStep = 'hour' | 'day' | 'week'

/** Which buckets a series has: all that contain an instant from `fromMs` to before `toMs`. */
export interface SeriesRange {
  readonly fromMs: number
  readonly toMs: number
  readonly step: SeriesStep
  /** An IANA name. Days and weeks are local, so that days have 23 to 25 hours; weeks begin on Monday. */
  readonly timeZone: string
}

/** Sums of one bucket, from its start to before its end. */
export type SeriesBucket<Field extends string> = {
  readonly startAtMs: number
  readonly endAtMs: number
} & { readonly [field in Field]: number }

type Row<Field extends string> = { readonly at_ms: number } & { readonly [field in Field]: number }

const HOUR_MS = 3_600_000
/** Two years of hours. A series of more buckets needs a longer step. */
const BUCKETS_MAX = 17_544

/**
 * Sums of rows per hour, day or week, with a bucket of zeros where there are no rows. Cost follows rows plus
 * buckets. Hours begin at full hours UTC, as those of roll-ups: in a zone whose offset is no whole number of
 * hours, an hour belongs to the day in which it begins. Rows outside of the range are ignored.
 * @param fields the names of what is added, such as `completed_count`
 * @throws {RangeError} when the range has more than 17,544 buckets
 */
export function fillSeries<Field extends string>(
  rows: Iterable<Row<Field>>,
  fields: readonly Field[],
  range: SeriesRange,
): SeriesBucket<Field>[] {
  const bounds = bucketBounds(range)
  const zeros = Object.fromEntries(fields.map((field) => [field, 0])) as Record<Field, number>
  const buckets = bounds.slice(1).map((endAtMs, i) => ({ ...zeros, startAtMs: bounds[i]!, endAtMs }))
  for (const row of rows) {
    const bucket = buckets[bucketIndex(bounds, row.at_ms)] as Record<Field, number> | undefined
    if (bucket) for (const field of fields) bucket[field] += row[field]
  }
  return buckets
}

/** A rate of one bucket. It is null, and not 0, where nothing happened. */
export function rateOf(hits: number, of: number): number | null {
  return of > 0 ? hits / of : null
}

/** The starts of all buckets of the range, and the end of the last one. */
function bucketBounds({ fromMs, toMs, step, timeZone }: SeriesRange): number[] {
  const zone = new TimeZone(timeZone)
  const start = {
    hour: (plus: number) => (Math.floor(fromMs / HOUR_MS) + plus) * HOUR_MS,
    day: (plus: number) => zone.startOfDay(fromMs, plus),
    week: (plus: number) => zone.startOfWeek(fromMs, plus),
  }[step]
  const bounds = [start(0)]
  while (bounds.at(-1)! < toMs) {
    if (bounds.length > BUCKETS_MAX)
      throw new RangeError(`expected at most ${BUCKETS_MAX} buckets; use a longer step or a shorter range`)
    bounds.push(start(bounds.length))
  }
  return bounds
}

/** The index of the last bound that is not after an instant; -1 before the first one. */
function bucketIndex(bounds: readonly number[], atMs: number): number {
  let [low, high] = [0, bounds.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (bounds[middle]! <= atMs) low = middle + 1
    else high = middle
  }
  return low - 1
}
