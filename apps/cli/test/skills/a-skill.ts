import type { DurationSummary, SkillSummary } from '@skillwatch/schema'

export const NO_DURATIONS: DurationSummary = {
  count: 0,
  sum_ms: 0,
  mean_ms: null,
  p50_ms: null,
  p50_ms_min: null,
  p50_ms_max: null,
  p95_ms: null,
  p95_ms_min: null,
  p95_ms_max: null,
  p99_ms: null,
  p99_ms_min: null,
  p99_ms_max: null,
}

/** Durations with exact quantiles. */
export function durations(p50_ms: number, p95_ms: number): DurationSummary {
  return {
    count: 10,
    sum_ms: 10 * p50_ms,
    mean_ms: p50_ms,
    p50_ms,
    p50_ms_min: p50_ms,
    p50_ms_max: p50_ms,
    p95_ms,
    p95_ms_min: p95_ms,
    p95_ms_max: p95_ms,
    p99_ms: p95_ms,
    p99_ms_min: p95_ms,
    p99_ms_max: p95_ms,
  }
}

/** Durations with estimated quantiles, each given as its estimate, its lower and its upper bound. */
export function estimates(
  [p50_ms, p50_ms_min, p50_ms_max]: readonly [number, number, number],
  [p95_ms, p95_ms_min, p95_ms_max]: readonly [number, number, number],
): DurationSummary {
  return {
    ...durations(p50_ms, p95_ms),
    count: 1_000,
    p50_ms_min,
    p50_ms_max,
    p95_ms_min,
    p95_ms_max,
    p99_ms_min: p95_ms_min,
    p99_ms_max: p95_ms_max,
  }
}

/** A skill with ten calls, which all completed; the last one an hour before the fixed time of tests. */
export function aSkill(overrides: Partial<SkillSummary> = {}): SkillSummary {
  return {
    kind: 'skill',
    skill_name: 'pdf-fill',
    invocation_count: 10,
    running_count: 0,
    completed_count: 10,
    failed_count: 0,
    rejected_count: 0,
    abandoned_count: 0,
    completion_rate: 1,
    invocation_count_1h: 0,
    invocation_count_24h: 2,
    completion_rate_24h: 1,
    execution: durations(1_500, 42_000),
    elapsed: durations(2_000, 60_000),
    first_invoked_at: '2026-10-01T08:00:00.000Z',
    last_invoked_at: '2026-11-22T11:00:00.000Z',
    ...overrides,
  }
}
