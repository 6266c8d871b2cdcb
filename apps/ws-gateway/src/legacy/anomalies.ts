import { listFindings, type Reader } from '@skillwatch/db'
import type { Finding } from '@skillwatch/schema'
import { formatLegacyInstant, type LegacyAnomaly } from './messages.ts'

const ANOMALIES_MAX = 10
const RECENT_MS = 3_600_000

/**
 * session-buddy has three words, two of which say in which direction a value differs: completions, calls or
 * time below the baseline are a `drop`, above it a `spike`.
 */
const ANOMALY_TYPES: Readonly<Record<Finding['subtype'], LegacyAnomaly['anomaly_type']>> = {
  drop: 'drop',
  silence: 'drop',
  speedup: 'drop',
  rise: 'spike',
  spike: 'spike',
  slowdown: 'spike',
  pattern_shift: 'pattern_shift',
  changed_version: 'pattern_shift',
}

/** The findings about skills that opened within the last hour, at most ten, the newest first. */
export function legacyAnomalies(reader: Reader, projectId: number, nowMs: number): LegacyAnomaly[] {
  const { items } = listFindings(reader, projectId, {
    ...{ state: 'all', kind: 'skill', since_ms: nowMs - RECENT_MS },
    ...{ order: 'desc', limit: ANOMALIES_MAX },
  })
  return items.map((finding) => ({
    skill_name: finding.skill_name,
    detected_at: formatLegacyInstant(Date.parse(finding.opened_at)),
    anomaly_type: ANOMALY_TYPES[finding.subtype],
    deviation_score: finding.deviation_score,
    baseline_value: finding.baseline_value,
    observed_value: finding.observed_value,
  }))
}
