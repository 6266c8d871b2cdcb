import type { ParsedBaseline, ParsedBaselineReport } from '@skillwatch/schema'
import type { ReportedColumns } from '../reports/plan.ts'

export const BASELINE_COLUMNS: ReportedColumns<ParsedBaseline> = {
  table: 'skill_community_baselines',
  storedAt: 'last_updated_at_ms',
  key: ['kind', 'skill_name'],
  values: [
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
  ],
}

/** The columns that a report fills of its run. */
export const RUN_COLUMNS = [
  'since_ms',
  'until_ms',
  'persons',
  'too_few_persons',
  'mostly_one_person',
  'calls_without_user',
] as const satisfies readonly (keyof ParsedBaselineReport['run'])[]
