import type { ExperimentGroup } from '@skillwatch/schema'

/** Experiments of a project. */
export const EXPERIMENTS_MAX = 1_000
/** Outcomes of a user in one experiment. */
export const OUTCOMES_OF_USER_MAX = 1_000

/** Why something of an experiment was not stored. */
export interface ExperimentRefusal {
  readonly refused: 'not-found' | 'conflict'
  readonly reason: string
}

/** What became of an assignment or an outcome, with the group of its user. */
export type ExperimentRecordResult =
  | {
      readonly result: 'accepted' | 'duplicate'
      readonly group_name: ExperimentGroup
      readonly strategy: string
      readonly assigned_at_ms: number
    }
  | ExperimentRefusal

/** What became of a new experiment; `duplicate` when the same one exists. */
export type ExperimentCreation = { readonly result: 'accepted' | 'duplicate' } | ExperimentRefusal

export function noSuchExperiment(testName: string): ExperimentRefusal {
  return {
    refused: 'not-found',
    reason: `there is no experiment ${JSON.stringify(testName)}; GET /v1/experiments lists all`,
  }
}

export function conflict(reason: string): ExperimentRefusal {
  return { refused: 'conflict', reason }
}
