import type { ExperimentGroup } from '@skillwatch/schema'
import type { ExperimentData } from '../../src/experiments/analyse.ts'
import type { UserOutcomes } from '../../src/experiments/summarise.ts'

/** A user with outcomes of these values. */
export function aUser(
  group_name: ExperimentGroup,
  completed: readonly boolean[],
  more: Partial<UserOutcomes> = {},
): UserOutcomes {
  return {
    group_name,
    outcome_count: completed.length,
    completed_count: completed.filter(Boolean).length,
    ...{ duration_count: 0, log_duration_sum: 0, rating_count: 0, rating_sum: 0 },
    ...{ cost_count: 0, cost_usd_sum: 0 },
    ...more,
  }
}

/** Users with one outcome each, of whom so many completed it. */
export function usersOf(group: ExperimentGroup, completed: number, of: number): UserOutcomes[] {
  return Array.from({ length: of }, (_, index) => aUser(group, [index < completed]))
}

export function dataOf(
  users: readonly UserOutcomes[],
  more: Partial<ExperimentData['experiment']> = {},
): ExperimentData {
  const countOf = (group: ExperimentGroup) => users.filter(({ group_name }) => group_name === group).length
  const counts = (group: ExperimentGroup) => ({ users: countOf(group), users_with_outcomes: countOf(group) })
  return {
    users,
    experiment: {
      metrics: ['completion_rate', 'duration_seconds', 'rating', 'cost_usd'],
      min_sample_size: 100,
      assignment_ratio: 0.5,
      min_effect: 0.1,
      cost_cap_usd: 1,
      control: counts('control'),
      treatment: counts('treatment'),
      ...more,
    },
  }
}

/** Numerical Recipes' generator: the same numbers in every run. */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}
