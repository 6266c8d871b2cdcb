import { expect, test } from 'vitest'
import {
  type AnomalyFinding,
  baselineCoverage,
  createHourlyTable,
  detectAnomalies,
  detectOver,
  NO_EPISODES,
} from '../../src/index.ts'
import { expectFinite } from '../oracles.ts'
import {
  type Behaviour,
  BOUNDS_MS,
  FIRST_HOUR_MS,
  HOUR_MS,
  hoursOf,
  schedule,
  tableOf,
  USUAL,
} from './rows.ts'

const HOURS = 16 * 24
const FAULT = 15 * 24

function findingsOf(at: (hour: number) => Partial<Behaviour>, until = HOURS): readonly AnomalyFinding[] {
  const table = tableOf([...hoursOf('pdf-fill', HOURS, at), ...hoursOf('other', HOURS, undefined, 8)], HOURS)
  return detectOver(table, schedule(14 * 24, until)).findings
}

function during(change: Partial<Behaviour>, hours = 6) {
  return (hour: number) => (hour >= FAULT && hour < FAULT + hours ? change : {})
}

function instant(hour: number): string {
  return new Date(FIRST_HOUR_MS + hour * HOUR_MS).toISOString()
}

test.each([
  ['completion_rate', 'drop', during({ rate: 0.4 })],
  ['duration', 'slowdown', during({ bucket: 5 })],
  ['duration', 'speedup', during({ bucket: 1 })],
  ['volume', 'spike', during({ calls: 120 })],
  ['volume', 'drop', during({ calls: 3 })],
  ['pattern_shift', 'pattern_shift', during({ follows: ['test', 'test', 'commit'] })],
  ['silence', 'silence', during({ calls: 0 })],
] as const)(
  'a change of %s (%s) is one finding, opened during it and resolved after it',
  (metric, subtype, at) => {
    const findings = findingsOf(at)
    expect(findings.map((each) => [each.metric, each.subtype, each.skill_name])).toEqual([
      [metric, subtype, 'pdf-fill'],
    ])
    const [finding] = findings
    expect(finding!.opened_at > instant(FAULT) && finding!.opened_at <= instant(FAULT + 6)).toBe(true)
    expect(finding!.resolved_at! > instant(FAULT + 6)).toBe(true)
    expect(finding!.q_value).toBeLessThanOrEqual(0.001)
    expectFinite({ ...finding, resolved_at: 0 })
  },
)

test('without a change there are no findings', () => {
  expect(findingsOf(() => ({}))).toEqual([])
})

test('a skill falling from all to none completed in ten calls is found in one run', () => {
  const at = (hour: number) => ({ calls: 10, rate: hour === FAULT ? 0 : 1 })
  const table = tableOf(hoursOf('pdf-fill', FAULT + 1, at), FAULT + 1)
  const run = { atMs: FIRST_HOUR_MS + (FAULT + 1) * HOUR_MS, lateMs: 0, silenceLateMs: 0 }
  const { open } = detectAnomalies(table, NO_EPISODES, run)
  expect(open.map(({ finding }) => [finding.metric, finding.subtype, finding.observed_value])).toEqual([
    ['completion_rate', 'drop', 0],
  ])
  expect(open[0]!.finding.explanation).toMatch(
    /^pdf-fill completed 0% of \d+ calls in the hour before .+; expected /,
  )
})

test.each([
  ['all completed', { rate: 1 }],
  ['none completed', { rate: 0 }],
  ['one call an hour', { calls: 1 }],
  ['one follower', { follows: ['commit'] }],
  ['a million calls an hour', null],
] as const)('a constant skill with %s has no findings and no NaN', (_, behaviour) => {
  const rows = behaviour
    ? hoursOf('pdf-fill', HOURS, () => behaviour)
    : Array.from({ length: HOURS }, (_, hour) => ({
        ...hoursOf('pdf-fill', 1)[0]!,
        hour_at_ms: FIRST_HOUR_MS + hour * HOUR_MS,
        ...{ invocation_count: 1e6, completed_count: 9e5, failed_count: 1e5 },
        ...{ duration_counts: [0, 0, 1e6], follow_counts: { commit: 7e5, test: 3e5 } },
      }))
  expect(detectOver(tableOf(rows, HOURS), schedule(HOURS - 24, HOURS)).findings).toEqual([])
})

test('without rows, and below 100 calls or 24 hours of baseline, nothing is found', () => {
  expect(detectOver(tableOf([], HOURS), schedule(0, 48)).findings).toEqual([])
  const young = hoursOf('pdf-fill', 28, (hour) => ({ rate: hour < 20 ? 1 : 0 }))
  expect(detectOver(tableOf(young, 28), schedule(0, 28)).findings).toEqual([])
  const rare = hoursOf('pdf-fill', HOURS, (hour) => ({ calls: hour % 8 === 0 ? 1 : 0 }))
  expect(detectOver(tableOf(rare.slice(0, 47), HOURS), schedule(HOURS - 24, HOURS)).findings).toEqual([])
})

test('a finding that lasts is updated under one id, and resolved after four calm hours', () => {
  const at = during({ rate: 0.2 }, 3)
  const open = findingsOf(at, FAULT + 3)
  expect(open).toHaveLength(1)
  expect(open[0]).toMatchObject({ resolved_at: null, updated_at: instant(FAULT + 3) })
  const [resolved] = findingsOf(at)
  expect(resolved!.finding_id).toBe(open[0]!.finding_id)
  expect(resolved!.opened_at).toBe(open[0]!.opened_at)
  const hours = (Date.parse(resolved!.resolved_at!) - Date.parse(instant(FAULT + 3))) / HOUR_MS
  expect(hours).toBeGreaterThanOrEqual(4)
  expect(hours).toBeLessThanOrEqual(8 + 4)
})

test('a change that stays is the new normal after seven days, and is not found again', () => {
  const hours = 26 * 24
  const table = tableOf(
    hoursOf('pdf-fill', hours, (hour) => (hour >= FAULT ? { rate: 0.5 } : {})),
    hours,
  )
  const { findings } = detectOver(table, schedule(14 * 24, hours))
  expect(findings).toHaveLength(1)
  expect(Date.parse(findings[0]!.resolved_at!) - Date.parse(findings[0]!.opened_at)).toBe(7 * 24 * HOUR_MS)
})

test('a skill that stays away is silent once, and then has no baseline', () => {
  const hours = 26 * 24
  const table = tableOf(
    hoursOf('pdf-fill', hours, (hour) => (hour >= FAULT ? { calls: 0 } : {})),
    hours,
  )
  const { findings } = detectOver(table, schedule(14 * 24, hours))
  expect(findings.map(({ metric, resolved_at }) => [metric, resolved_at !== null])).toEqual([
    ['silence', true],
  ])
})

test('hours before the first call of a skill change nothing', () => {
  const rows = [...hoursOf('pdf-fill', HOURS, during({ calls: 0 }, 24)), ...hoursOf('other', HOURS)]
  const { findings } = detectOver(tableOf(rows, HOURS), schedule(14 * 24, HOURS))
  expect(findings.map(({ metric }) => metric)).toEqual(['silence'])
  const earlier = createHourlyTable(rows, {
    fromMs: FIRST_HOUR_MS - 14 * 24 * HOUR_MS,
    toMs: FIRST_HOUR_MS + HOURS * HOUR_MS,
    ...{ timeZone: 'UTC', durationBoundsMs: BOUNDS_MS },
  })
  expect(detectOver(earlier, schedule(14 * 24, HOURS)).findings).toEqual(findings)
})

test('calls that are late within the allowance make no silence', () => {
  const rows = hoursOf('pdf-fill', FAULT)
  const table = tableOf(rows, FAULT + 4)
  const runs = schedule(FAULT + 4, FAULT + 4)
  expect(detectOver(table, { ...runs, silenceLateMs: 4 * HOUR_MS }).findings).toEqual([])
  expect(detectOver(table, runs).findings.map(({ metric }) => metric)).toEqual(['silence'])
})

test('it says which baseline it used: the hour of the week needs two weeks, the hour of the day three days', () => {
  const methodsAfter = (days: number) => {
    const hours = days * 24 + 20
    const rows = hoursOf('pdf-fill', hours, (hour) => ({ calls: hour >= hours - 2 ? 300 : USUAL.calls }))
    const { findings } = detectOver(tableOf(rows, hours), schedule(hours, hours))
    return findings
      .filter(({ metric }) => metric === 'volume')
      .map(({ method }) => method.split('baseline ')[1])
  }
  expect(methodsAfter(15)).toEqual(['hour of the week'])
  expect(methodsAfter(5)).toEqual(['hour of the day'])
  expect(methodsAfter(2)).toEqual(['all hours'])
})

test('what cannot be tested is named with what it lacks', () => {
  const rows = [
    ...hoursOf('pdf-fill', HOURS),
    ...hoursOf('rare', HOURS, (hour) => ({ calls: hour % 8 === 0 ? 1 : 0 })),
    ...hoursOf('constant', HOURS, () => ({ follows: ['commit'] })),
  ]
  const run = { atMs: FIRST_HOUR_MS + HOURS * HOUR_MS, lateMs: 0 }
  const coverage = baselineCoverage(tableOf(rows, HOURS), NO_EPISODES, run)
  const of = (name: string) =>
    coverage.filter(({ skill_name }) => skill_name === name).map((each) => each.baseline)
  expect(of('pdf-fill').map((each) => each.enough && each.name)).toEqual([
    ...['all_hours', 'all_hours', 'hour_of_week', 'all_hours', 'hour_of_week'],
  ])
  expect(of('rare')[0]).toEqual({ enough: false, unit: 'calls', have: 47, need: 100 })
  expect(of('constant')[3]).toEqual({ enough: false, unit: 'followers', have: 1, need: 2 })
})

test('a second run for the same hour changes nothing', () => {
  const table = tableOf(hoursOf('pdf-fill', HOURS, during({ rate: 0.3 })), HOURS)
  for (let hour = FAULT + 4; hour < FAULT + 20; hour += 1) {
    const { state } = detectOver(table, schedule(FAULT, hour))
    const run = { atMs: FIRST_HOUR_MS + hour * HOUR_MS, lateMs: 0, silenceLateMs: 0 }
    expect(detectAnomalies(table, state, run)).toBe(state)
  }
})
