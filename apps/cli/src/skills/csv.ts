import type { DurationSummary, SkillSummary } from '@skillwatch/schema'
import { csvLine } from '../csv.ts'
import type { DeadSkill } from './dead.ts'

const FIELDS = [
  'kind',
  'skill_name',
  'invocation_count',
  'running_count',
  'completed_count',
  'failed_count',
  'rejected_count',
  'abandoned_count',
  'completion_rate',
  'invocation_count_1h',
  'invocation_count_24h',
  'completion_rate_24h',
] as const
const DURATIONS = ['execution', 'elapsed'] as const
const DURATION_FIELDS = ['count', 'sum_ms', 'mean_ms', 'p50_ms', 'p95_ms', 'p99_ms'] as const
const BOUND_FIELDS = [
  'p50_ms_min',
  'p50_ms_max',
  'p95_ms_min',
  'p95_ms_max',
  'p99_ms_min',
  'p99_ms_max',
] as const
const INSTANTS = ['first_invoked_at', 'last_invoked_at'] as const
const DEAD_FIELDS = ['skill_name', 'installed_in', 'since', 'path'] as const

/**
 * Skills as CSV (RFC 4180) with a header. A field inside `execution` or `elapsed` has the names of both, such
 * as `execution_p50_ms`. Bounds of quantiles are last, so that the columns before keep their places.
 */
export function skillsCsv(skills: readonly SkillSummary[]): string {
  const header = [...FIELDS, ...durationNames(DURATION_FIELDS), ...INSTANTS, ...durationNames(BOUND_FIELDS)]
  const lines = skills.map((skill) => [
    ...FIELDS.map((field) => skill[field]),
    ...durationValues(skill, DURATION_FIELDS),
    ...INSTANTS.map((field) => skill[field]),
    ...durationValues(skill, BOUND_FIELDS),
  ])
  return [header, ...lines].map(csvLine).join('')
}

/** Skills that were never used as CSV (RFC 4180) with a header. */
export function deadCsv(skills: readonly DeadSkill[]): string {
  return [DEAD_FIELDS, ...skills.map((skill) => DEAD_FIELDS.map((field) => skill[field]))]
    .map(csvLine)
    .join('')
}

type DurationField = keyof DurationSummary

function durationNames(fields: readonly DurationField[]): string[] {
  return DURATIONS.flatMap((duration) => fields.map((field) => `${duration}_${field}`))
}

function durationValues(skill: SkillSummary, fields: readonly DurationField[]): (number | null)[] {
  return DURATIONS.flatMap((duration) => fields.map((field) => skill[duration][field]))
}
