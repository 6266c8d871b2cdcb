import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fillSeries, rateOf, type SeriesStep } from '../../src/index.ts'
import { TimeZone } from '../../src/series/time-zone.ts'

const HOUR_MS = 3_600_000

function days(timeZone: string, from: string, to: string, step: SeriesStep = 'day'): string[] {
  const range = { fromMs: Date.parse(from), toMs: Date.parse(to), step, timeZone }
  return fillSeries([], [], range).map(
    ({ startAtMs, endAtMs }) => `${new Date(startAtMs).toISOString()} ${(endAtMs - startAtMs) / HOUR_MS}`,
  )
}

test('a day of Berlin has 23 hours in March and 25 in October, when clocks change', () => {
  expect(days('Europe/Berlin', '2026-03-28T12:00Z', '2026-03-30T12:00Z')).toEqual([
    '2026-03-27T23:00:00.000Z 24',
    '2026-03-28T23:00:00.000Z 23',
    '2026-03-29T22:00:00.000Z 24',
  ])
  expect(days('Europe/Berlin', '2026-10-25T12:00Z', '2026-10-26T12:00Z')).toEqual([
    '2026-10-24T22:00:00.000Z 25',
    '2026-10-25T23:00:00.000Z 24',
  ])
})

test('a day whose midnight does not exist begins when clocks have gone forward', () => {
  expect(days('Africa/Cairo', '2026-04-23T12:00Z', '2026-04-25T12:00Z')).toEqual([
    '2026-04-22T22:00:00.000Z 24',
    '2026-04-23T22:00:00.000Z 23',
    '2026-04-24T21:00:00.000Z 24',
  ])
})

test('a day whose last hour happens twice has 25 hours', () => {
  expect(days('Africa/Cairo', '2026-10-29T12:00Z', '2026-10-30T12:00Z')).toEqual([
    '2026-10-28T21:00:00.000Z 25',
    '2026-10-29T22:00:00.000Z 24',
  ])
})

test('weeks begin on Monday of the time zone', () => {
  expect(days('Asia/Kolkata', '2026-11-22T12:00Z', '2026-11-23T12:00Z', 'week')).toEqual([
    '2026-11-15T18:30:00.000Z 168',
    '2026-11-22T18:30:00.000Z 168',
  ])
  const zone = new TimeZone('Asia/Kolkata')
  expect(zone.hourOfWeek(Date.parse('2026-11-22T18:30Z'))).toBe(0)
  expect(zone.hourOfWeek(Date.parse('2026-11-22T18:29Z'))).toBe(167)
  expect(new TimeZone('UTC').hourOfWeek(Date.parse('1969-12-29T01:00Z'))).toBe(1)
})

test('hours without rows are filled with zeros, of which no rate is computed', () => {
  const rows = [
    { at_ms: 2 * HOUR_MS, completed_count: 3, failed_count: 1 },
    { at_ms: 2 * HOUR_MS, completed_count: 1, failed_count: 0 },
    { at_ms: 9 * HOUR_MS, completed_count: 9, failed_count: 9 },
  ]
  const range = { fromMs: HOUR_MS, toMs: 4 * HOUR_MS, step: 'hour', timeZone: 'UTC' } as const
  const series = fillSeries(rows, ['completed_count', 'failed_count'], range)
  expect(series.map(({ completed_count }) => completed_count)).toEqual([0, 4, 0])
  expect(series.map(({ completed_count: hits, failed_count }) => rateOf(hits, hits + failed_count))).toEqual(
    [null, 0.8, null],
  )
})

test('a range of too many buckets is refused', () => {
  const range = { fromMs: 0, toMs: 20_000 * HOUR_MS, step: 'hour', timeZone: 'UTC' } as const
  expect(() => fillSeries([], [], range)).toThrow(/longer step/)
  expect(() => fillSeries([], [], { ...range, timeZone: 'Mars/Olympus' })).toThrow(RangeError)
})

test('buckets meet without holes, and every row inside of the range is counted once', () => {
  const instants = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 50 })
  const step = fc.constantFrom<SeriesStep>('hour', 'day', 'week')
  const timeZone = fc.constantFrom('UTC', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu')
  fc.assert(
    fc.property(instants, step, timeZone, (hours, step, timeZone) => {
      const [fromMs, toMs] = [Date.UTC(2026, 0, 10), Date.UTC(2026, 3, 20)]
      const rows = hours.map((hour) => ({ at_ms: fromMs + hour * HOUR_MS, n: 1 }))
      const series = fillSeries(rows, ['n'], { fromMs, toMs, step, timeZone })
      for (const [i, { startAtMs }] of series.entries())
        if (i > 0) expect(series[i - 1]!.endAtMs).toBe(startAtMs)
      const inside = rows.filter(({ at_ms }) => at_ms < series.at(-1)!.endAtMs)
      expect(series.reduce((sum, { n }) => sum + n, 0)).toBe(inside.length)
      expect(fillSeries(rows.toReversed(), ['n'], { fromMs, toMs, step, timeZone })).toEqual(series)
    }),
    { numRuns: 30 },
  )
})
