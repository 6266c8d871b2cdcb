import { formatInstant, type PredictionReport, type WorkflowReport } from '@skillwatch/schema'
import { NOW_MS } from './clock.ts'

const DAY_MS = 86_400_000

type ReportedPrediction = PredictionReport['predictions'][number]

const JUDGEMENT: NonNullable<ReportedPrediction['judgement']> = {
  trained_calls: 240,
  calibrated_calls: 80,
  trained_from: formatInstant(NOW_MS - 90 * DAY_MS),
  trained_until: formatInstant(NOW_MS - 20 * DAY_MS),
  judged_from: formatInstant(NOW_MS - 19 * DAY_MS),
  judged_until: formatInstant(NOW_MS - DAY_MS),
  judged_calls: 80,
  judged_completed: 60,
  judged_sessions: 20,
  correct_calls: 68,
  brier: 0.12,
  base_brier: 0.19,
  brier_skill: 0.37,
  brier_skill_low: 0.2,
  brier_skill_high: 0.5,
  auc: 0.85,
  log_loss: 0.4,
  base_log_loss: 0.57,
  calibration_error: 0.04,
  design_effect: 1.25,
  calibration: [
    { from: 0.1, to: 0.6, calls: 40, completed: 20, mean_probability: 0.48 },
    { from: 0.7, to: 0.99, calls: 40, completed: 40, mean_probability: 0.95 },
  ],
}

/** A model that knows nothing but the phase: `setup` is better by 2 log odds. */
const MODEL: NonNullable<ReportedPrediction['model']> = {
  share: 0.75,
  means: Array.from({ length: 13 }, () => 0),
  deviations: Array.from({ length: 13 }, () => 1),
  levels: [
    { feature: 'phase', kind: null, name: 'setup' },
    { feature: 'previous', kind: 'skill', name: 'review' },
  ],
  intercept: 0.5,
  coefficients: [...Array.from({ length: 13 }, () => 0), 2, -1],
  slope: 1,
  offset: 0,
  ridge: 10,
}

/** A prediction that is better than the base rate; override only the fields that the test is about. */
export function aPrediction(overrides: Partial<ReportedPrediction> = {}): ReportedPrediction {
  return {
    kind: 'skill',
    skill_name: 'pdf-fill',
    calls: 400,
    completed: 300,
    verdict: 'better than the base rate',
    base_rate: 0.75,
    base_rate_interval: [0.7, 0.8],
    lacks: null,
    judgement: JUDGEMENT,
    model: MODEL,
    ...overrides,
  }
}

/** A report of the 90 days before `NOW_MS`. */
export function aPredictionReport(
  predictions: readonly ReportedPrediction[],
  overrides: Partial<PredictionReport> = {},
): PredictionReport {
  return { type: 'prediction', ...WINDOW, left_out: 0, predictions: [...predictions], ...overrides }
}

const WINDOW = {
  since: formatInstant(NOW_MS - 90 * DAY_MS),
  until: formatInstant(NOW_MS),
  time_zone: 'UTC',
}

const counts = (calls: number, failed: number) => ({
  ...{ calls, completed: calls - failed, failed, rejected: 0, abandoned: 0 },
  ...{ median_ms: 1_000, duration_ms: calls * 1_500, slow_ms: calls * 500, failed_ms: failed * 1_500 },
})

const hours = (count: number) => Array.from({ length: 168 }, (_, hour) => (hour === 9 ? count : 0))

/** Two phases: `execution` with 100 calls of `pdf-fill` and `deploy`, and `setup` with 40 of `pdf-fill`. */
export function aWorkflowReport(overrides: Partial<WorkflowReport> = {}): WorkflowReport {
  const phase = (workflow_phase: string, calls: number, failed: number) => ({
    workflow_phase,
    sessions: 20,
    ...counts(calls, failed),
    completion_rate: 1 - failed / calls,
    completion_rate_interval: [0.5, 1] as [number, number],
    p90_ms: calls < 100 ? null : 4_000,
    calls_by_hour: hours(calls),
    failed_by_hour: hours(failed),
  })
  const skill = (workflow_phase: string, skill_name: string, calls: number, failed: number) => ({
    ...{ workflow_phase, kind: 'skill' as const, skill_name },
    ...counts(calls, failed),
  })
  return {
    type: 'workflow',
    ...WINDOW,
    ...{ sessions: 25, calls: 160, calls_without_phase: 20, rare_phases: 1, left_out_phases: 0 },
    phases: [phase('execution', 100, 10), phase('setup', 40, 0)],
    skills: [
      skill('execution', 'pdf-fill', 70, 2),
      skill('execution', 'deploy', 30, 8),
      skill('setup', 'pdf-fill', 40, 0),
    ],
    transitions: [
      {
        ...{ from_phase: 'setup', to_phase: 'execution', count: 30, sessions: 20 },
        ...{ from_count: 40, median_gap_ms: 5_000 },
      },
    ],
    ...overrides,
  }
}
