import { expect, test } from 'vitest'
import {
  changedVersionFindings,
  type UseOfSkill,
  type VersionChange,
} from '../../src/hygiene/changed-versions.ts'

const DAY_MS = 86_400_000
const UNTIL_MS = Date.UTC(2026, 10, 20)
const daysAgo = (days: number) => UNTIL_MS - days * DAY_MS
const WINDOW = { sinceMs: daysAgo(60), untilMs: UNTIL_MS }

const change = (days: number, more: Partial<VersionChange> = {}): VersionChange => ({
  ...{ kind: 'skill', skill_name: 'plan', from_hash: 'a', to_hash: 'b', changed_at_ms: daysAgo(days) },
  ...more,
})

/** Ten uses a day, each in a session of its own with ten calls, of which some failed. */
function uses(fromDays: number, toDays: number, failed_calls: number, work_ms: number): UseOfSkill[] {
  return Array.from({ length: (fromDays - toDays) * 10 }, (_, index) => ({
    session_id: `${fromDays}-${index}`,
    began_at_ms: daysAgo(fromDays) + index * (DAY_MS / 10),
    ...{ calls: 10, failed_calls, work_ms: work_ms + (index % 10) * 100 },
  }))
}

const select = (all: readonly UseOfSkill[]) => (_: VersionChange, from: number, to: number) =>
  all.filter(({ began_at_ms: at }) => at >= from && at < to)

test('a change is compared in completed calls and in time, with interval and effect size', () => {
  const all = [...uses(40, 10, 4, 1_000), ...uses(10, 0, 2, 2_000)]
  const findings = changedVersionFindings([change(10)], select(all), WINDOW)
  expect(findings).toMatchObject([
    {
      ...{ subtype: 'changed_version', metric: 'completion_rate', baseline_value: 0.6, observed_value: 0.8 },
      // 28 days before, of the 30 with uses.
      ...{ samples: { baseline: 2_800, observed: 1_000 }, opened_at: new Date(daysAgo(10)).toISOString() },
      resolved_at: null,
    },
    { subtype: 'changed_version', metric: 'duration', baseline_value: 1_450, observed_value: 2_450 },
  ])
  const [rate, time] = findings
  expect(rate!.explanation).toMatch(
    /plan completed 80% of 1000 calls, before 60% of 2800: \+20 points \(95% interval \+1\d.* to \+2\d.*; Cohen's h 0\.442\)/,
  )
  expect(time!.explanation).toMatch(/took 2\.45 s .* before 1\.45 s .* times as long .*Cliff's delta 1\)/)
  for (const { q_value, deviation_score } of findings) {
    expect(q_value).toBeLessThan(1e-9)
    expect(deviation_score).toBeGreaterThan(5)
  }
})

test('a change that changed nothing is a finding too, with a large q-value', () => {
  const all = [...uses(40, 10, 3, 1_000), ...uses(10, 0, 3, 1_000)]
  const findings = changedVersionFindings([change(10)], select(all), WINDOW)
  expect(findings.map(({ q_value }) => q_value > 0.5)).toEqual([true, true])
})

test('with too little data on a side there is no finding', () => {
  const all = [...uses(40, 10, 3, 1_000), ...uses(10, 0, 3, 1_000).slice(0, 7)]
  expect(changedVersionFindings([change(10)], select(all), WINDOW)).toEqual([])
})

test('a side ends at the next change, and the finding of the first one is resolved then', () => {
  const all = [...uses(40, 20, 4, 1_000), ...uses(20, 10, 2, 1_000), ...uses(10, 0, 9, 1_000)]
  const changes = [change(20), change(10, { from_hash: 'b', to_hash: 'c' })]
  const rates = changedVersionFindings(changes, select(all), WINDOW).filter(
    ({ metric }) => metric === 'completion_rate',
  )
  expect(rates).toMatchObject([
    { observed_value: 0.8, resolved_at: new Date(daysAgo(10)).toISOString() },
    { baseline_value: 0.8, observed_value: expect.closeTo(0.1), resolved_at: null },
  ])
})

test('the same change on two machines is one finding, and what is not of the window is none', () => {
  const all = uses(60, 0, 4, 1_000)
  const again = [change(10), change(8), change(70, { to_hash: 'z' })]
  const findings = changedVersionFindings(again, select(all), WINDOW)
  const first = { opened_at: new Date(daysAgo(10)).toISOString() }
  expect(findings).toMatchObject([first, first])
  expect(findings).toEqual(changedVersionFindings(again.toReversed(), select(all), WINDOW))
})
