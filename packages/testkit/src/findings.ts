import { type Finding, type FindingsReport, formatInstant } from '@skillwatch/schema'
import { NOW_MS } from './clock.ts'

const HOUR_MS = 3_600_000

/** A small valid finding that has just opened; override only the fields that the test is about. */
export function aFinding(overrides: Partial<Finding> = {}): Finding {
  const opened_at = overrides.opened_at ?? formatInstant(NOW_MS)
  return {
    finding_id: 'finding-1',
    type: 'anomaly',
    subtype: 'drop',
    metric: 'completion_rate',
    kind: 'skill',
    skill_name: 'pdf-fill',
    opened_at,
    updated_at: opened_at,
    resolved_at: null,
    baseline_value: 0.95,
    observed_value: 0.4,
    deviation_score: -4.2,
    p_value: 0.000_02,
    q_value: 0.000_4,
    samples: { baseline: 420, observed: 20 },
    method: 'beta-binomial tail; window 4 h; baseline all hours',
    explanation:
      'pdf-fill completed 40% of 20 calls in the 4 hours before now; expected 95% from 420 calls.',
    ...overrides,
  }
}

/** A report of findings that opened within the last day, or in the window that is given. */
export function aReport(
  findings: readonly Finding[],
  { sinceMs = NOW_MS - 24 * HOUR_MS, untilMs = NOW_MS }: { sinceMs?: number; untilMs?: number } = {},
): FindingsReport {
  return {
    type: 'anomaly',
    since: formatInstant(sinceMs),
    until: formatInstant(untilMs),
    findings: [...findings],
  }
}
