import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createHourlyTable,
  type Detected,
  type DetectionState,
  detectAnomalies,
  detectOver,
  detectRunByRun,
  HOURS_BEFORE_RUN,
  type HourlyRow,
  type HourlyTable,
  NO_EPISODES,
} from '../../src/index.ts'
import { type Behaviour, BOUNDS_MS, FIRST_HOUR_MS, HOUR_MS, hoursOf, schedule, tableOf } from './rows.ts'

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

/** States after the runs from one hour to another, by hour. */
function runsOver(rows: readonly HourlyRow[], state: DetectionState, from: number, to: number) {
  const table = tableOf(rows, HOURS)
  const states = new Map([[from - 1, state]])
  for (let hour = from; hour <= to; hour += 1) {
    const run = { atMs: FIRST_HOUR_MS + hour * HOUR_MS, lateMs: 0, silenceLateMs: 0 }
    states.set(hour, detectAnomalies(table, states.get(hour - 1)!, run))
  }
  return states
}

test('late rows lead to the same findings when runs begin again with the state before their hour', () => {
  const late = fc.record({
    until: fc.integer({ min: 121, max: HOURS }),
    missing: fc.subarray(ROWS.filter(({ hour_at_ms }) => hour_at_ms >= FIRST_HOUR_MS + 110 * HOUR_MS)),
  })
  fc.assert(
    fc.property(late, ({ until, missing }) => {
      const early = ROWS.filter((row) => !missing.includes(row))
      const states = runsOver(early, NO_EPISODES, 100, until)
      const changed = Math.min(
        ...missing.map(({ hour_at_ms }) => (hour_at_ms - FIRST_HOUR_MS) / HOUR_MS),
        until,
      )
      const again = runsOver([...early, ...missing], states.get(changed)!, changed + 1, HOURS)
      expect(again.get(HOURS)).toEqual(EXPECTED.state)
    }),
    { numRuns: 8 },
  )
})

test('single runs that hand on their state give the same as all runs together, and read no later hour', () => {
  let state = NO_EPISODES
  for (let hour = 100; hour <= HOURS; hour += 1) {
    const known = ROWS.filter(({ hour_at_ms }) => hour_at_ms < FIRST_HOUR_MS + hour * HOUR_MS)
    // A state can be stored between two runs.
    state = JSON.parse(JSON.stringify(runsOver(known, state, hour, hour).get(hour)))
  }
  expect(state).toEqual(EXPECTED.state)
})

test('a schedule that continues after any run of another one finds what one schedule finds', () => {
  const table = tableOf(ROWS, HOURS)
  let continued = 0
  for (const { atMs, detected } of detectRunByRun(table, RUNS)) {
    expect(detectAfter(detected(), table, atMs + RUNS.everyMs)).toEqual(EXPECTED)
    continued += 1
  }
  expect(continued).toBe(HOURS - 100 + 1)
})

/** The runs from an instant on, after what was found before. */
function detectAfter(before: Detected, table: HourlyTable, firstRunAtMs: number): Detected {
  const runs = detectRunByRun(table, { ...RUNS, firstRunAtMs }, before)
  for (let run = runs.next(); ; run = runs.next()) if (run.done) return run.value
}

test('followers that appear later do not change what was found before', () => {
  // Followers of an hour are alike, as their dispersion would otherwise be that of independent ones.
  const usual = (hour: number) =>
    hour % 3 === 0 ? ['commit', 'commit', 'test'] : ['commit', 'test', 'test']
  const followsAt = (hour: number) =>
    hour < 122 ? usual(hour) : hour < 130 ? ['Bash'] : ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const rows = (hours: number) => hoursOf('pdf-fill', hours, (hour) => ({ follows: followsAt(hour) }))
  const short = detectOver(tableOf(rows(130), 130), schedule(100, 130))
  expect(short.findings.map(({ metric }) => metric)).toContain('pattern_shift')
  expect(detectOver(tableOf(rows(HOURS), HOURS), schedule(100, 130))).toEqual(short)
})

test('a table that begins with the baseline of the first run gives the same as one of all hours', () => {
  const hours = HOURS_BEFORE_RUN + 120
  const rows = ['pdf-fill', 'commit', 'test'].flatMap((name, i) =>
    hoursOf(name, hours, (hour) => faultAt(hour - HOURS_BEFORE_RUN, i), 7 + i),
  )
  const range = {
    toMs: FIRST_HOUR_MS + hours * HOUR_MS,
    timeZone: 'UTC',
    durationBoundsMs: BOUNDS_MS,
  }
  const all = createHourlyTable(rows, { ...range, fromMs: FIRST_HOUR_MS })
  const early = schedule(HOURS_BEFORE_RUN + 80, HOURS_BEFORE_RUN + 100)
  const before = detectOver(all, early)
  const late = createHourlyTable(rows, { ...range, fromMs: FIRST_HOUR_MS + 100 * HOUR_MS })
  const runs = (table: HourlyTable) => [
    ...detectRunByRun(table, schedule(HOURS_BEFORE_RUN + 101, hours), before),
  ]
  const found = runs(all).map(({ detected }) => detected())
  const metrics = found.at(-1)!.findings.map(({ metric }) => metric)
  expect(new Set(metrics)).toEqual(new Set(['completion_rate', 'duration', 'pattern_shift', 'silence']))
  expect(runs(late).map(({ detected }) => detected())).toEqual(found)
})

/** With one more these are all that are counted by name. */
const MANY = Array.from({ length: 30 }, (_, i) => `early-${i}`)

/** A skill whose followers change early, one that becomes silent, and one that fails. */
function faultAt(hour: number, skill: number): Partial<Behaviour> {
  if (skill === 1) return hour > 90 ? { calls: 0 } : {}
  if (skill === 2) return hour > 110 ? { rate: 0.1, bucket: 6 } : {}
  if (hour < -600) return { calls: 80, follows: MANY }
  return { follows: hour > 105 ? ['lint'] : ['commit', 'test', 'lint'] }
}

test('rows of one hour that are split add up', () => {
  const halves = ROWS.flatMap((row) => [
    { ...row, invocation_count: 0, completed_count: 0, failed_count: 0, duration_counts: [] },
    { ...row, follow_counts: {} },
  ])
  expect(detectOver(tableOf(halves, HOURS), RUNS)).toEqual(EXPECTED)
})
