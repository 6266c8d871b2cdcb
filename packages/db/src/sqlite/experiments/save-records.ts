import {
  type AbTestAssignmentRow,
  type AbTestConfigRow,
  EXPERIMENT_USERS_MAX,
  type ExperimentGroup,
  formatInstant,
  type ParsedExperimentRecord,
  type ParsedOutcome,
} from '@skillwatch/schema'
import { experimentGroup } from '@skillwatch/schema/experiment-group'
import {
  conflict,
  type ExperimentRecordResult,
  type ExperimentRefusal,
  noSuchExperiment,
  OUTCOMES_OF_USER_MAX,
} from '../../experiments/results.ts'
import { sumsOf } from '../../experiments/sums.ts'
import { hashOfProject } from '../../projects.ts'
import type { Writer } from '../open.ts'
import type { SqliteRecordingStorage } from '../recording/storage.ts'
import { ExperimentStatements } from './experiments.ts'

/**
 * Makes the function that assigns users and stores their outcomes, in the order of the records and in one
 * transaction. The first assignment of a user stays, and so does the first outcome of an id (R3). Of the id
 * of a user only the keyed hash is stored (R10).
 */
export function createSaveExperimentRecords(writer: Writer, storage: SqliteRecordingStorage) {
  const statements = new ExperimentStatements(writer.sqlite)
  return async (
    projectId: number,
    records: readonly ParsedExperimentRecord[],
    nowMs: number,
  ): Promise<ExperimentRecordResult[]> => {
    const hash = hashOfProject(writer, projectId)
    // Before the transaction, as the hash is asynchronous; the ratio of an experiment never changes.
    const groups = await groupsOf(statements, projectId, records)
    return storage.immediate(() =>
      records.map((record, index) => {
        const experiment = statements.find(projectId, record.test_name)
        if (experiment === undefined) return noSuchExperiment(record.test_name)
        const save = new RecordSaving(statements, experiment, hash(record.user_id), nowMs)
        if (record.outcome !== undefined) return save.outcome(record.outcome)
        return save.assignment(groups[index]!, record.group_name)
      }),
    )
  }
}

async function groupsOf(
  statements: ExperimentStatements,
  projectId: number,
  records: readonly ParsedExperimentRecord[],
): Promise<(ExperimentGroup | undefined)[]> {
  return Promise.all(
    records.map(async ({ test_name, user_id, outcome }) => {
      const experiment = outcome === undefined ? statements.find(projectId, test_name) : undefined
      return experiment && experimentGroup(test_name, user_id, experiment.assignment_ratio)
    }),
  )
}

/** One record of one user. */
class RecordSaving {
  readonly #statements: ExperimentStatements
  readonly #experiment: AbTestConfigRow
  readonly #userHash: string
  readonly #nowMs: number

  constructor(
    statements: ExperimentStatements,
    experiment: AbTestConfigRow,
    userHash: string,
    nowMs: number,
  ) {
    this.#statements = statements
    this.#experiment = experiment
    this.#userHash = userHash
    this.#nowMs = nowMs
  }

  /** @param expected the group that a client gave the user by itself */
  assignment(group: ExperimentGroup, expected?: ExperimentGroup): ExperimentRecordResult {
    const { project_id, test_id, assignment_ratio } = this.#experiment
    const refusal = this.#refuseEnded() ?? this.#refusePeriod()
    if (refusal !== undefined) return refusal
    const known = this.#statements.assignment(test_id, this.#userHash)
    const actual = known?.group_name ?? group
    if (expected !== undefined && expected !== actual)
      return conflict(`is of a user in ${actual}: the experiment has assignment_ratio ${assignment_ratio}`)
    if (known !== undefined) return this.#resultOf('duplicate', known)
    const { control_users, treatment_users } = this.#experiment
    if (control_users + treatment_users >= EXPERIMENT_USERS_MAX)
      return conflict(`the experiment has ${EXPERIMENT_USERS_MAX} users, the most that it may have`)
    const key = { project_id, test_id, user_hash: this.#userHash }
    this.#statements.assign(key, group, this.#nowMs)
    return this.#resultOf('accepted', { group_name: group, assigned_at_ms: this.#nowMs })
  }

  outcome(outcome: ParsedOutcome): ExperimentRecordResult {
    const { test_id, cost_cap_usd } = this.#experiment
    const assignment = this.#statements.assignment(test_id, this.#userHash)
    if (assignment !== undefined && this.#statements.hasOutcome(test_id, outcome.outcome_id))
      return this.#resultOf('duplicate', assignment)
    const refusal = this.#refuseEnded()
    if (refusal !== undefined) return refusal
    if (assignment === undefined) return conflict('is of a user who is not assigned to a group')
    if (assignment.outcome_count >= OUTCOMES_OF_USER_MAX)
      return conflict(`is of a user with ${OUTCOMES_OF_USER_MAX} outcomes, the most that are stored`)
    this.#statements.addOutcome(assignment, outcome, sumsOf(outcome, cost_cap_usd))
    return this.#resultOf('accepted', assignment)
  }

  #refuseEnded(): ExperimentRefusal | undefined {
    const { status, test_name } = this.#experiment
    return status === 'running'
      ? undefined
      : conflict(`experiment ${JSON.stringify(test_name)} is ${status}`)
  }

  #refusePeriod(): ExperimentRefusal | undefined {
    const { start_date_ms, end_date_ms } = this.#experiment
    if (this.#nowMs < start_date_ms)
      return conflict(`the experiment begins at ${formatInstant(start_date_ms)}`)
    if (end_date_ms !== null && this.#nowMs >= end_date_ms)
      return conflict(`the experiment takes no users since ${formatInstant(end_date_ms)}`)
    return undefined
  }

  #resultOf(
    result: 'accepted' | 'duplicate',
    { group_name, assigned_at_ms }: Pick<AbTestAssignmentRow, 'group_name' | 'assigned_at_ms'>,
  ): ExperimentRecordResult {
    return { result, group_name, strategy: this.#experiment[`${group_name}_strategy`], assigned_at_ms }
  }
}
