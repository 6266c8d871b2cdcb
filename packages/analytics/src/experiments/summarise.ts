import type { AbTestAssignmentRow, ExperimentGroup, ExperimentMetric } from '@skillwatch/schema'

/** The group of a user, and sums over the outcomes of the user. */
export type UserOutcomes = Pick<
  AbTestAssignmentRow,
  | 'group_name'
  | 'outcome_count'
  | 'completed_count'
  | 'duration_count'
  | 'log_duration_sum'
  | 'rating_count'
  | 'rating_sum'
  | 'cost_count'
  | 'cost_usd_sum'
>

/** The values of the users of a group: each user counts once, whatever the number of outcomes. */
export interface GroupSummary {
  readonly users: number
  /** 0 without users. */
  readonly mean: number
  /** Of the users, with users - 1 as the divisor; 0 with fewer than two. */
  readonly variance: number
}

export type Groups<T> = Readonly<Record<ExperimentGroup, T>>

const VALUES: Readonly<Record<ExperimentMetric, (user: UserOutcomes) => number>> = {
  completion_rate: (user) => user.completed_count / user.outcome_count,
  duration_seconds: (user) => user.log_duration_sum / user.duration_count,
  rating: (user) => user.rating_sum / user.rating_count,
  cost_usd: (user) => user.cost_usd_sum / user.cost_count,
}

/**
 * The mean and variance of the users of both groups. The value of a user is the mean of the user's outcomes:
 * the user was assigned, not the outcome, and outcomes of one user are alike. Of durations it is the mean of
 * their logarithms, as durations are skewed.
 */
export function summarise(users: Iterable<UserOutcomes>, metric: ExperimentMetric): Groups<GroupSummary> {
  const groups = { control: new RunningSummary(), treatment: new RunningSummary() }
  const toValue = VALUES[metric]
  for (const user of users) {
    const value = toValue(user)
    // A user without such a value has 0 / 0.
    if (!Number.isNaN(value)) groups[user.group_name].add(value)
  }
  return groups
}

/** Mean and variance value by value (Welford, Technometrics 4, 1962, 419-420). */
export class RunningSummary implements GroupSummary {
  users = 0
  mean = 0
  #squares = 0

  get variance(): number {
    return this.users < 2 ? 0 : this.#squares / (this.users - 1)
  }

  add(value: number): void {
    this.users += 1
    const distance = value - this.mean
    this.mean += distance / this.users
    this.#squares += distance * (value - this.mean)
  }
}
