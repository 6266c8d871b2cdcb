import fc from 'fast-check'
import { expect, test } from 'vitest'
import { detectAnomalies, detectOver, NO_EPISODES } from '../../src/index.ts'
import { FIRST_HOUR_MS, HOUR_MS, hoursOf, schedule, tableOf } from './rows.ts'

const HOURS = 6 * 24
const ROWS = [
  ...hoursOf('pdf-fill', HOURS, (hour) => (hour >= 120 && hour < 126 ? { rate: 0.2, bucket: 5 } : {})),
  ...hoursOf('commit', HOURS, (hour) => (hour >= 130 && hour < 134 ? { calls: 0 } : {}), 8),
  ...hoursOf('test', HOURS, (hour) => (hour >= 125 ? { calls: 90 } : {}), 9),
]
const RUNS = schedule(100, HOURS)
const EXPECTED = detectOver(tableOf(ROWS, HOURS), RUNS)

test('the example has findings of three metrics', () => {
  expect(new Set(EXPECTED.findings.map(({ metric }) => metric)).size).toBe(3)
})

test('the order in which rows arrive does not matter, and a second time gives the same', () => {
  const shuffled = fc.shuffledSubarray(ROWS, { minLength: ROWS.length })
  fc.assert(
    fc.property(shuffled, (rows) => {
      expect(detectOver(tableOf(rows, HOURS), RUNS)).toEqual(EXPECTED)
    }),
    { numRuns: 5 },
  )
})

test('late rows lead to the same findings once all have arrived', () => {
  const late = fc.record({ until: fc.integer({ min: 101, max: HOURS }), missing: fc.subarray(ROWS) })
  fc.assert(
    fc.property(late, ({ until, missing }) => {
      // Runs before the late rows; they begin again from the first hour that changed, here from the start.
      const early = ROWS.filter((row) => !missing.includes(row))
      detectOver(tableOf(early, HOURS), schedule(100, until))
      expect(detectOver(tableOf([...early, ...missing], HOURS), RUNS)).toEqual(EXPECTED)
    }),
    { numRuns: 5 },
  )
})

test('single runs that hand on their state give the same as all runs together, and read no later hour', () => {
  let state = NO_EPISODES
  for (let hour = 100; hour <= HOURS; hour += 1) {
    const known = ROWS.filter(({ hour_at_ms }) => hour_at_ms < FIRST_HOUR_MS + hour * HOUR_MS)
    const run = { atMs: FIRST_HOUR_MS + hour * HOUR_MS, lateMs: 0, silenceLateMs: 0 }
    state = detectAnomalies(tableOf(known, HOURS), state, run)
    // A state can be stored between two runs.
    state = JSON.parse(JSON.stringify(state))
  }
  expect(state).toEqual(EXPECTED.state)
})

test('rows of one hour that are split add up', () => {
  const halves = ROWS.flatMap((row) => [
    { ...row, invocation_count: 0, completed_count: 0, failed_count: 0, duration_counts: [] },
    { ...row, follow_counts: {} },
  ])
  expect(detectOver(tableOf(halves, HOURS), RUNS)).toEqual(EXPECTED)
})
