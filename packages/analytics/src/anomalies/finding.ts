import { createHash } from 'node:crypto'
import type { Metric } from './baselines.ts'
import { HOUR_MS } from './hourly-table.ts'
import type { Direction, RunTest } from './run-tests.ts'

/** An episode in which a skill differs from its baseline. Names are those of the wire. */
export interface AnomalyFinding {
  /** Follows from kind, skill, metric, direction and first hour, so that it is the same in every run. */
  readonly finding_id: string
  readonly type: 'anomaly'
  /** `changed_version` is of `changedVersionFindings`. */
  readonly subtype: Direction | 'changed_version'
  readonly metric: Metric
  readonly kind: string
  readonly skill_name: string
  /** The end of the hour that opened the episode. Instants are RFC 3339 UTC. */
  readonly opened_at: string
  /** The end of the last hour that confirmed it. All values below are of that hour. */
  readonly updated_at: string
  readonly resolved_at: string | null
  /** A rate or share 0–1, a median in milliseconds, or a number of calls in the window. */
  readonly baseline_value: number
  readonly observed_value: number
  /** Distance in standard deviations of the baseline; below 0 when observed is below it. */
  readonly deviation_score: number
  readonly p_value: number
  /** By Benjamini and Hochberg over all skills, metrics and windows of the run. */
  readonly q_value: number
  /** Numbers of calls. */
  readonly samples: { readonly baseline: number; readonly observed: number }
  readonly method: string
  /** One sentence with the numbers. */
  readonly explanation: string
}

const METHODS: Readonly<Record<Metric, string>> = {
  completion_rate: 'beta-binomial tail',
  duration: 'mean ridit (rank test)',
  volume: 'negative binomial tail',
  pattern_shift: 'G-test',
  silence: 'P(0) of the negative binomial',
}

const BASELINES = {
  hour_of_week: 'hour of the week',
  hour_of_day: 'hour of the day',
  all_hours: 'all hours',
}

/** The finding of an episode that begins with a test. */
export function openFinding(test: RunTest, qValue: number, hourEndMs: number): AnomalyFinding {
  const { kind, skill_name } = test.skill
  const opened_at = new Date(hourEndMs).toISOString()
  const key = [kind, skill_name, test.metric, test.direction, hourEndMs - HOUR_MS]
  return {
    finding_id: createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32),
    type: 'anomaly',
    subtype: test.direction,
    metric: test.metric,
    kind,
    skill_name,
    opened_at,
    resolved_at: null,
    ...valuesOf(test, qValue, hourEndMs),
  }
}

/** The values of a finding that a later hour replaces. */
export function valuesOf(test: RunTest, qValue: number, hourEndMs: number) {
  const updated_at = new Date(hourEndMs).toISOString()
  return {
    updated_at,
    baseline_value: test.expected,
    observed_value: test.observed,
    deviation_score: test.deviation,
    p_value: test.p,
    q_value: qValue,
    samples: { baseline: test.baselineCalls, observed: test.calls },
    method: `${METHODS[test.metric]}; window ${test.windowHours} h; baseline ${BASELINES[test.baseline]}`,
    explanation: explain(test, updated_at),
  }
}

function explain(test: RunTest, until: string): string {
  const { windowHours, baselineCalls, metric } = test
  const hours = windowHours === 1 ? 'hour' : `${windowHours} hours`
  const { observed, expected } = sentenceOf(test)
  const unit = metric === 'pattern_shift' ? 'cases' : 'calls'
  return `${observed} in the ${hours} before ${until}; expected ${expected} from ${baselineCalls} ${unit}.`
}

/** What was observed, as the begin of a sentence, and what was expected instead. */
function sentenceOf(test: RunTest): { readonly observed: string; readonly expected: string } {
  const { skill, metric, observed, expected, calls } = test
  const name = skill.skill_name
  switch (metric) {
    case 'completion_rate':
      return {
        observed: `${name} completed ${percent(observed)} of ${calls} calls`,
        expected: percent(expected),
      }
    case 'duration':
      return {
        observed: `${name} took ${seconds(observed)} (median of ${calls} calls)`,
        expected: seconds(expected),
      }
    case 'volume':
      return { observed: `${name} was called ${observed} times`, expected: `${rounded(expected)}` }
    case 'pattern_shift':
      return {
        observed: `${test.follower} followed ${name} in ${percent(observed)} of ${calls} cases`,
        expected: percent(expected),
      }
    case 'silence':
      return { observed: `${name} was not called`, expected: `${rounded(expected)} calls` }
    default:
      throw new TypeError(`unhandled metric ${JSON.stringify(metric satisfies never)}`)
  }
}

function percent(share: number): string {
  return `${rounded(100 * share)}%`
}

function seconds(durationMs: number): string {
  return `${rounded(durationMs / 1000)} s`
}

/** Three digits, and all digits of larger numbers. */
function rounded(value: number): string {
  return String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)))
}
