import type { ParsedBaseline, ParsedBaselineReport } from '@skillwatch/schema'

/** The columns that a report fills. */
export const BASELINE_COLUMNS = [
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
] as const satisfies readonly (keyof ParsedBaseline)[]

/** The same of the run. */
export const RUN_COLUMNS = [
  'since_ms',
  'until_ms',
  'persons',
  'too_few_persons',
  'mostly_one_person',
  'calls_without_user',
] as const satisfies readonly (keyof ParsedBaselineReport['run'])[]
