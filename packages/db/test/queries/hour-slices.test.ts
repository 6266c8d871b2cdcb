import { anObservation, observationArbitrary } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  changedRowIds,
  type HourlyCalls,
  hourlyCalls,
  hourSlices,
  type Reader,
  slicesOfRows,
  snapshot,
} from '../../src/index.ts'
import { HOUR_MS } from '../../src/time.ts'
import { PROJECT } from '../database.ts'
import { plansOf } from '../plans-of.ts'
import { recorded } from './recorded.ts'

const FROM_MS = Date.UTC(2026, 0, 1)
const HOURS = 24
const RANGE = [FROM_MS, FROM_MS + HOURS * HOUR_MS] as const
const ALL_HOURS = Array.from({ length: HOURS }, (_, hour) => FROM_MS + hour * HOUR_MS)
const AT = FROM_MS + 30 * 60_000

function slicesIn(reader: Reader, hours: readonly number[] = ALL_HOURS) {
  return snapshot(reader, () => [...hourSlices(reader, PROJECT, hours, RANGE)])
}

/** Single counts by what they count, rows of the same skill and hour added. */
function sumsOf(rows: Iterable<HourlyCalls>): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { kind, skill_name, hour_at_ms, duration_counts, follow_counts, ...counts } of rows) {
    const all = [
      ...Object.entries(counts),
      ...duration_counts.map((count, bucket) => [`bucket ${bucket}`, count] as const),
      ...Object.entries(follow_counts).map(([name, count]) => [`follower ${name}`, count] as const),
    ]
    for (const [name, count] of all) {
      const key = JSON.stringify([kind, skill_name, hour_at_ms, name])
      if (count > 0) sums.set(key, (sums.get(key) ?? 0) + count)
    }
  }
  return sums
}

test('the slices of all hours add up to the hourly counts, whatever was recorded', async () => {
  const observation = observationArbitrary({ invocations: 40, fromMs: FROM_MS, untilMs: RANGE[1] })
  await fc.assert(
    fc.asyncProperty(fc.array(observation, { maxLength: 40 }), async (observations) => {
      using database = await recorded(observations)
      const { reader } = database
      const counts = slicesIn(reader).flatMap((slice) => slice.counts)
      const expected = snapshot(reader, () => sumsOf(hourlyCalls(reader, PROJECT, RANGE)))
      expect(sumsOf(counts)).toEqual(expected)
    }),
    { numRuns: 40 },
  )
})

test('a slice names its calls and the last one before the hour, and calls that end after the range', async () => {
  using database = await recorded([
    anObservation({ invocation_id: 'a', invoked_at: AT }),
    anObservation({ invocation_id: 'b', invoked_at: AT + 1_000 }),
    anObservation({ invocation_id: 'c', invoked_at: AT + 3 * HOUR_MS }),
    anObservation({ invocation_id: 'd', invoked_at: AT + 3 * HOUR_MS, execution_ms: 30 * HOUR_MS }),
  ])
  const [first, , , fourth] = slicesIn(database.reader)
  expect(first).toMatchObject({ row_ids: [1, 2], pending: [] })
  expect(fourth).toMatchObject({
    row_ids: [2, 3],
    pending: [{ row_id: 4, ended_at_ms: AT + 33 * HOUR_MS }],
    counts: [{ hour_at_ms: FROM_MS + 3 * HOUR_MS, invocation_count: 1, follow_counts: { 'pdf-fill': 1 } }],
  })
})

test('a row belongs to the slice of its hour and to that of the next call of its session', async () => {
  const other = { session_id: 'other', skill_name: 'plan' }
  using database = await recorded([
    anObservation({ invocation_id: 'a', invoked_at: AT }),
    anObservation({ invocation_id: 'b', invoked_at: AT + HOUR_MS, ...other }),
    anObservation({ invocation_id: 'c', invoked_at: AT + 5 * HOUR_MS }),
    anObservation({ invocation_id: 'd', invoked_at: AT + 6 * HOUR_MS }),
    anObservation({
      invocation_id: 'e',
      invoked_at: AT + 7 * HOUR_MS,
      outcome: 'running',
      execution_ms: undefined,
      ...other,
    }),
  ])
  const hoursOf = (...rowIds: number[]) =>
    [...slicesOfRows(database.reader, PROJECT, rowIds, RANGE)].map((atMs) => (atMs - FROM_MS) / HOUR_MS)
  expect(hoursOf(1)).toEqual([0, 5])
  expect(hoursOf(2)).toEqual([1])
  expect(hoursOf(5, 99)).toEqual([])
  expect([...slicesOfRows(database.reader, PROJECT + 1, [1], RANGE)]).toEqual([])
})

test('slices and changed rows are searched in indexes', async () => {
  using database = await recorded([
    anObservation({ invocation_id: 'a', invoked_at: AT }),
    anObservation({ invocation_id: 'b', invoked_at: AT + HOUR_MS }),
  ])
  const { reader } = database
  const plans = await plansOf(reader, () => {
    slicesIn(reader)
    slicesOfRows(reader, PROJECT, changedRowIds(reader, PROJECT, 0), RANGE)
  })
  expect(plans).toHaveLength(5)
  for (const { sql, plan } of plans) {
    expect(plan[0], sql).toMatch(/^SEARCH skill_(invocation|change) USING/)
    expect(plan.slice(1).join(), sql).toMatch(/^(USE TEMP B-TREE FOR LAST 3 TERMS OF ORDER BY)?$/)
  }
})
