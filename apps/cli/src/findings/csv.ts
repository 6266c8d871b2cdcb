import type { AnomalyFinding } from '@skillwatch/analytics'
import { csvLine } from '../csv.ts'

const FIELDS = [
  'finding_id',
  'type',
  'subtype',
  'metric',
  'kind',
  'skill_name',
  'opened_at',
  'updated_at',
  'resolved_at',
  'baseline_value',
  'observed_value',
  'deviation_score',
  'p_value',
  'q_value',
] as const

/** Findings as CSV (RFC 4180) with a header. */
export function findingsCsv(findings: readonly AnomalyFinding[]): string {
  const header = [...FIELDS, 'samples_baseline', 'samples_observed', 'method', 'explanation']
  const lines = findings.map(({ samples, method, explanation, ...finding }) => [
    ...FIELDS.map((field) => finding[field]),
    ...[samples.baseline, samples.observed, method, explanation],
  ])
  return [header, ...lines].map(csvLine).join('')
}
