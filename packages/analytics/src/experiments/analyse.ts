import type { Experiment, ExperimentAnalysis, ExperimentMetric, MetricComparison } from '@skillwatch/schema'
import { qValuesOfDependentTests } from '../rates/false-discovery.ts'
import { ALPHA, compareMeans } from './compare-means.ts'
import { isMismatch, sampleRatio } from './sample-ratio.ts'
import { type GroupSummary, type Groups, summarise, type UserOutcomes } from './summarise.ts'
import { verdictOf } from './verdict.ts'

/** What an experiment has of its users. */
export interface ExperimentData {
  readonly experiment: Pick<
    Experiment,
    | 'metrics'
    | 'min_sample_size'
    | 'assignment_ratio'
    | 'min_effect'
    | 'cost_cap_usd'
    | 'control'
    | 'treatment'
  >
  /** Users with an outcome; others are ignored. */
  readonly users: readonly UserOutcomes[]
}

/** Of metrics that are not the primary one, what matters when nothing else is said. */
const USUAL_EFFECTS = { completion_rate: 0.1, duration_seconds: 0.2, rating: 0.5 } as const
/** The same of money: a twentieth of the cap. */
const COST_EFFECT = 0.05

/**
 * What an experiment shows. May be asked for at any time: p-values and intervals hold over all looks. The
 * primary metric has the whole alpha, as it was named beforehand. The others are corrected for their number
 * by Benjamini and Yekutieli, as they are of the same users, and decide nothing.
 */
export function analyseExperiment(
  { experiment, users }: ExperimentData,
  analysed_at: string,
): ExperimentAnalysis {
  const { control, treatment, assignment_ratio } = experiment
  const sizes = (count: 'users' | 'users_with_outcomes') =>
    sampleRatio({ control: control[count], treatment: treatment[count] }, assignment_ratio)
  const [assigned, with_outcomes] = [sizes('users'), sizes('users_with_outcomes')]
  const metrics = compareMetrics(
    experiment,
    users.filter(({ outcome_count }) => outcome_count > 0),
  )
  return {
    analysed_at,
    ...verdictOf(metrics, experiment.min_sample_size, [assigned, with_outcomes].some(isMismatch)),
    alpha: ALPHA,
    method: 'msprt_normal_mixture_of_user_means',
    assigned,
    with_outcomes,
    metrics,
  }
}

function compareMetrics(
  experiment: ExperimentData['experiment'],
  users: readonly UserOutcomes[],
): MetricComparison[] {
  const all = experiment.metrics.map((metric, index) =>
    compareMetric(experiment, metric, index === 0, summarise(users, metric)),
  )
  const others = all.filter(({ primary, p }) => !primary && p !== null)
  const qs = qValuesOfDependentTests(others.map(({ p }) => p!))
  return all.map((each) => {
    const q = others.includes(each) ? qs[others.indexOf(each)]! : null
    return { ...each, q, better: betterGroup(each, q ?? each.p) }
  })
}

function compareMetric(
  { min_sample_size, ...experiment }: ExperimentData['experiment'],
  metric: ExperimentMetric,
  primary: boolean,
  groups: Groups<GroupSummary>,
): Omit<MetricComparison, 'q' | 'better'> {
  const { control, treatment } = groups
  const toScale = metric === 'duration_seconds' ? Math.exp : (value: number) => value
  const shown = ({ users, mean }: GroupSummary) => ({ users, mean: users === 0 ? null : toScale(mean) })
  const fewest = Math.min(control.users, treatment.users)
  const compared = compareMeans(groups, scaleOf(metric, primary, experiment))
  const isEnough = fewest >= min_sample_size
  const [low, high] = compared.interval ?? [0, 0]
  return {
    metric,
    primary,
    control: shown(control),
    treatment: shown(treatment),
    effect: fewest === 0 ? null : toScale(compared.difference),
    interval: isEnough && compared.interval !== null ? [toScale(low), toScale(high)] : null,
    p: isEnough ? compared.p : null,
  }
}

/** The effect that the test is made for. It is fixed by the configuration, as the test demands. */
function scaleOf(
  metric: ExperimentMetric,
  primary: boolean,
  { min_effect, cost_cap_usd }: Pick<Experiment, 'min_effect' | 'cost_cap_usd'>,
): number {
  const usual = metric === 'cost_usd' ? cost_cap_usd * COST_EFFECT : USUAL_EFFECTS[metric]
  const effect = primary ? min_effect : usual
  return metric === 'duration_seconds' ? Math.log1p(effect) : effect
}

function betterGroup(
  { metric, control, treatment }: Pick<MetricComparison, 'metric' | 'control' | 'treatment'>,
  p: number | null,
): MetricComparison['better'] {
  if (p === null || p > ALPHA) return null
  const lowerIsBetter = metric === 'duration_seconds' || metric === 'cost_usd'
  return treatment.mean! > control.mean! !== lowerIsBetter ? 'treatment' : 'control'
}
