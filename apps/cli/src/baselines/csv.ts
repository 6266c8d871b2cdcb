import type { Baseline } from '@skillwatch/schema'
import { csvLine } from '../csv.ts'

const FIELDS = [
  'kind',
  'skill_name',
  'total_users',
  'total_invocations',
  'global_completion_rate',
  'completion_rate_low',
  'completion_rate_high',
  'global_avg_duration_seconds',
  'most_common_workflow_phase',
  'effectiveness_percentile',
  'effectiveness_percentile_low',
  'effectiveness_percentile_high',
  'last_updated',
] as const satisfies readonly (keyof Baseline)[]

/** Baselines as CSV (RFC 4180) with a header. */
export function baselinesCsv(items: readonly Baseline[]): string {
  return [FIELDS, ...items.map((item) => FIELDS.map((field) => item[field]))].map(csvLine).join('')
}
