import type { ExperimentGroup, ExperimentOutcome, ExperimentRecord } from '@skillwatch/schema'
import { experimentGroup } from '@skillwatch/schema/experiment-group'
import { uuidV7 } from '@skillwatch/schema/uuid-v7'
import type { Clock } from '../clock.ts'

export interface ExperimentOptions {
  /**
   * The `assignment_ratio` of the experiment. With it no server has to answer; without it, it is read from
   * the gateway once. Ingest refuses users who were assigned by another ratio.
   */
  assignmentRatio?: number | undefined
}

/** What happened to a user of an experiment. */
export type OutcomeFields = Omit<ExperimentOutcome, 'user_id'>

/** An experiment, as the program that runs it uses it. */
export interface ExperimentHandle {
  /**
   * The group of a user. It is computed here, always the same, and recorded like a call: it is sent later,
   * and kept on disk where there is a spool. Wait for it before you record outcomes of the user.
   * @throws {ReadError} when the ratio is not given, and the gateway refuses or does not answer
   * @throws {TypeError} in a browser on a page without TLS, which has no SHA-256
   */
  assign(userId: string): Promise<ExperimentGroup>
  /** Records what happened to a user who was assigned. Never throws and never waits. @returns its id */
  record(userId: string, outcome: OutcomeFields): string
}

export interface ExperimentParts {
  readonly now: Clock
  readonly readRatio: (testName: string) => Promise<number>
  /** Hands over a record to be sent. It must not throw. */
  readonly send: (record: ExperimentRecord) => void
}

export function createExperiment(
  test_name: string,
  { assignmentRatio }: ExperimentOptions,
  { now, readRatio, send }: ExperimentParts,
): ExperimentHandle {
  let ratio = assignmentRatio === undefined ? undefined : Promise.resolve(assignmentRatio)
  const ratioOf = () => {
    ratio ??= readRatio(test_name).catch((error: unknown) => {
      // The next call asks again.
      ratio = undefined
      throw error
    })
    return ratio
  }
  return {
    async assign(user_id) {
      const group_name = await experimentGroup(test_name, user_id, await ratioOf())
      send({ type: 'assignment', test_name, user_id, group_name })
      return group_name
    },
    record(user_id, outcome) {
      const outcome_id = outcome.outcome_id ?? uuidV7(now())
      send({ type: 'outcome', recorded_at: now(), ...outcome, test_name, user_id, outcome_id })
      return outcome_id
    },
  }
}
