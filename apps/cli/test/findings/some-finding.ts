import type { Finding } from '@skillwatch/schema'

/** A finding as the gateway answers it. */
export function aFinding(overrides: Partial<Finding> = {}): Finding {
  return {
    finding_id: 'f1',
    type: 'anomaly',
    subtype: 'drop',
    metric: 'completion_rate',
    kind: 'skill',
    skill_name: 'pdf-fill',
    opened_at: '2026-11-22T11:00:00.000Z',
    updated_at: '2026-11-22T11:00:00.000Z',
    resolved_at: null,
    baseline_value: 0.9984,
    observed_value: 0,
    deviation_score: -31.5,
    p_value: 2.5e-9,
    q_value: 3.8e-8,
    samples: { baseline: 360, observed: 10 },
    method: 'beta-binomial tail; window 1 h; baseline all hours',
    explanation:
      'pdf-fill completed 0% of 10 calls in the hour before 2026-11-22T11:00:00.000Z; expected 99.8% from ' +
      '360 calls.',
    ...overrides,
  }
}

/** A finding of a duration that is over. */
export function aResolvedFinding(): Finding {
  return aFinding({
    ...{ finding_id: 'f0', metric: 'duration', subtype: 'slowdown', skill_name: 'review-\u202eall' },
    ...{ opened_at: '2026-11-20T08:00:00.000Z', resolved_at: '2026-11-20T15:00:00.000Z' },
    ...{ baseline_value: 2_000, observed_value: 20_150, kind: 'agent', q_value: 0 },
    samples: { baseline: 4_100, observed: 1_250 },
  })
}
