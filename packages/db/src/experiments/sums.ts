import type { AbTestAssignmentRow, AbTestOutcomeRow } from '@skillwatch/schema'

/** The columns of an assignment that sum the outcomes of its user. */
export const SUM_COLUMNS = [
  'outcome_count',
  'completed_count',
  'duration_count',
  'log_duration_sum',
  'rating_count',
  'rating_sum',
  'cost_count',
  'cost_usd_sum',
] as const satisfies readonly (keyof AbTestAssignmentRow)[]

export type OutcomeSums = Pick<AbTestAssignmentRow, (typeof SUM_COLUMNS)[number]>

type Values = Pick<AbTestOutcomeRow, 'completed' | 'duration_seconds' | 'rating' | 'cost_usd'>

/** A duration of 0 counts as half a millisecond, as a logarithm needs a positive number. */
const DURATION_SECONDS_MIN = 0.000_5

/** What one outcome adds to the sums of its user. @param costCapUsd a higher cost counts as this */
export function sumsOf(outcome: Values, costCapUsd: number): OutcomeSums {
  const { completed, duration_seconds: seconds, rating, cost_usd } = outcome
  return {
    outcome_count: 1,
    completed_count: completed,
    duration_count: Number(seconds !== null),
    log_duration_sum: seconds === null ? 0 : Math.log(Math.max(seconds, DURATION_SECONDS_MIN)),
    rating_count: Number(rating !== null),
    rating_sum: rating ?? 0,
    cost_count: Number(cost_usd !== null),
    cost_usd_sum: Math.min(cost_usd ?? 0, costCapUsd),
  }
}

const NO_SUMS: OutcomeSums = {
  outcome_count: 0,
  completed_count: 0,
  duration_count: 0,
  log_duration_sum: 0,
  rating_count: 0,
  rating_sum: 0,
  cost_count: 0,
  cost_usd_sum: 0,
}

/** The sums of all outcomes of a user. */
export function sumAll(outcomes: readonly Values[], costCapUsd: number): OutcomeSums {
  const total = { ...NO_SUMS }
  for (const outcome of outcomes) {
    const sums = sumsOf(outcome, costCapUsd)
    for (const column of SUM_COLUMNS) total[column] += sums[column]
  }
  return total
}
