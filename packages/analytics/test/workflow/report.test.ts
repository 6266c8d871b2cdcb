import { expect, test } from 'vitest'
import { type WorkflowCall, workflowReport } from '../../src/index.ts'
import { expectFinite } from '../oracles.ts'

/** A Monday, 9:00 in Berlin. */
const START_MS = Date.UTC(2026, 7, 3, 7)
const WINDOW = { sinceMs: START_MS, untilMs: START_MS + 86_400_000, timeZone: 'Europe/Berlin' }

const call = (
  minute: number,
  phase: string | null,
  duration_ms: number,
  more: Partial<WorkflowCall> = {},
) => ({
  ...{ kind: 'skill', skill_name: 'plan', workflow_phase: phase, outcome: 'completed', duration_ms },
  invoked_at_ms: START_MS + minute * 60_000,
  ended_at_ms: START_MS + minute * 60_000 + duration_ms,
  ...more,
})

/** 30 sessions: two calls of `setup`, the second one failing in a third of them, then one of `verify`. */
const SESSIONS = Array.from({ length: 30 }, (_, index) => [
  call(index, 'setup', 1_000),
  call(index + 1, 'setup', 4_000, index % 3 === 0 ? { outcome: 'failed' } : {}),
  call(index + 2, null, 500),
  call(index + 3, 'verify', index < 2 ? 61_000 : 1_000, { kind: 'tool', skill_name: 'test' }),
])

test('each phase has its outcomes, its durations, and the time that slow and failed calls took', () => {
  const { phases, ...counted } = workflowReport(SESSIONS, WINDOW)
  expect(counted).toMatchObject({ sessions: 30, calls: 120, calls_without_phase: 30, rare_phases: 0 })
  const [setup, verify] = phases
  expect(setup).toMatchObject({
    ...{ workflow_phase: 'setup', sessions: 30, calls: 60, completed: 50, failed: 10 },
    ...{ completion_rate: 50 / 60, median_ms: 2_500, p90_ms: null, failed_ms: 40_000 },
    // The median of 30 completed calls of 1 s and 20 of 4 s is 1 s.
    slow_ms: 20 * 3_000,
    duration_ms: 30 * 1_000 + 30 * 4_000,
  })
  expect(setup!.completion_rate_interval![0]).toBeLessThan(50 / 60)
  expect(setup!.completion_rate_interval![1]).toBeGreaterThan(50 / 60)
  expect(verify).toMatchObject({ calls: 30, slow_ms: 2 * 60_000, failed_ms: 0 })
})

test('the heat map counts calls by local hour of the week, and by skill', () => {
  const { phases, skills } = workflowReport(SESSIONS, WINDOW)
  expect(phases[0]!.calls_by_hour).toHaveLength(168)
  expect(phases[0]!.calls_by_hour[9]).toBe(60)
  expect(phases[0]!.failed_by_hour[9]).toBe(10)
  expect(skills).toMatchObject([
    { workflow_phase: 'setup', skill_name: 'plan', calls: 60, failed: 10 },
    { workflow_phase: 'verify', kind: 'tool', skill_name: 'test', calls: 30 },
  ])
})

test('the next phase is that of the next call with a phase, and the gap begins at the end of a call', () => {
  const { transitions } = workflowReport(SESSIONS, WINDOW)
  expect(transitions).toEqual([
    {
      from_phase: 'setup',
      to_phase: 'setup',
      count: 30,
      sessions: 30,
      from_count: 60,
      median_gap_ms: 59_000,
    },
    {
      from_phase: 'setup',
      to_phase: 'verify',
      count: 30,
      sessions: 30,
      from_count: 60,
      median_gap_ms: 116_000,
    },
  ])
})

test('the order in which calls arrived changes nothing', () => {
  const arrived = SESSIONS.map((calls) => calls.toReversed())
  expect(workflowReport(arrived, WINDOW)).toEqual(workflowReport(SESSIONS, WINDOW))
})

test('a phase of fewer than 5 sessions is counted and not named', () => {
  const rare = [...SESSIONS, ...Array.from({ length: 4 }, () => [call(1, 'project x', 1_000)])]
  const report = workflowReport(rare, WINDOW)
  expect(report.rare_phases).toBe(1)
  expect(JSON.stringify(report)).not.toContain('project x')
})

test('phases with few calls have no quantiles and no interval, and every number is finite', () => {
  const report = workflowReport(SESSIONS.slice(0, 5), WINDOW)
  expect(report.phases[0]).toMatchObject({ median_ms: null, slow_ms: null, completion_rate_interval: null })
  expectFinite(report)
  expect(workflowReport([], WINDOW)).toMatchObject({ phases: [], skills: [], transitions: [] })
})

test('calls outside of the window do not count', () => {
  const before = workflowReport(SESSIONS, { ...WINDOW, sinceMs: START_MS + 1, untilMs: START_MS + 60_001 })
  expect(before.calls).toBe(2)
})
