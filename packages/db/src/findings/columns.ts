import type { ParsedFinding } from '@skillwatch/schema'

/** The columns that a report fills. */
export const FINDING_COLUMNS = [
  'finding_id',
  'kind',
  'skill_name',
  'metric',
  'subtype',
  'opened_at_ms',
  'updated_at_ms',
  'resolved_at_ms',
  'baseline_value',
  'observed_value',
  'deviation_score',
  'p_value',
  'q_value',
  'baseline_samples',
  'observed_samples',
  'method',
  'explanation',
] as const satisfies readonly (keyof ParsedFinding)[]
