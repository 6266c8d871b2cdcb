import { type AnomalyRow, type Finding, formatInstant } from '@skillwatch/schema'

/** A finding as the wire shows it. */
export function toFinding(row: AnomalyRow): Finding {
  return {
    finding_id: row.finding_id,
    type: 'anomaly',
    subtype: row.subtype,
    metric: row.metric,
    kind: row.kind,
    skill_name: row.skill_name,
    opened_at: formatInstant(row.opened_at_ms),
    updated_at: formatInstant(row.updated_at_ms),
    resolved_at: row.resolved_at_ms === null ? null : formatInstant(row.resolved_at_ms),
    baseline_value: row.baseline_value,
    observed_value: row.observed_value,
    deviation_score: row.deviation_score,
    p_value: row.p_value,
    q_value: row.q_value,
    samples: { baseline: row.baseline_samples, observed: row.observed_samples },
    method: row.method,
    explanation: row.explanation,
  }
}
