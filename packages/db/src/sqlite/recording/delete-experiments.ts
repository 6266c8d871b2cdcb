import type { AbTestConfigRow, AbTestOutcomeRow } from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'
import { SUM_COLUMNS, sumAll } from '../../experiments/sums.ts'
import type { StoredSelector } from './selector.ts'

/** How many rows were deleted. */
export interface DeletedOfExperiments {
  readonly assignments: number
  readonly outcomes: number
}

type OutcomeKey = Pick<AbTestOutcomeRow, 'row_id' | 'test_id' | 'user_hash'>

const OF_PROJECT = '(select test_id from ab_test_configs where project_id = ?)'

/**
 * Deletes assignments and outcomes of a user, outcomes of a skill or before an instant, and everything of a
 * project (R10). Outcomes have no session, no agent and no kind. Sums and counts of what remains are made
 * equal to a count of the rows (R6).
 */
export class ExperimentDeletion {
  readonly #sqlite: BetterSqlite3.Database

  constructor(sqlite: BetterSqlite3.Database) {
    this.#sqlite = sqlite
  }

  /** Deletes at most `limit` rows of each table. Nothing is left when both numbers are smaller. */
  delete(projectId: number, selector: StoredSelector, limit: number): DeletedOfExperiments {
    const outcomes = this.#deleteOutcomes(this.#outcomes(projectId, selector, limit))
    if (outcomes === limit) return { assignments: 0, outcomes }
    const assignments = this.#deleteAssignments(projectId, selector, limit)
    if ('everything' in selector && assignments < limit)
      this.#sqlite.prepare<[number]>('delete from ab_test_configs where project_id = ?').run(projectId)
    return { assignments, outcomes }
  }

  #outcomes(projectId: number, selector: StoredSelector, limit: number): OutcomeKey[] {
    const where = (condition: string, ...values: (string | number)[]) =>
      this.#sqlite
        .prepare<unknown[], OutcomeKey>(
          `select row_id, test_id, user_hash from ab_test_outcomes where ${condition} limit ?`,
        )
        .all(...values, limit)
    if ('user_hash' in selector)
      return where(`test_id in ${OF_PROJECT} and user_hash = ?`, projectId, selector.user_hash)
    if ('skill_name' in selector)
      return where('project_id = ? and skill_name = ?', projectId, selector.skill_name)
    if ('before_ms' in selector)
      return where('project_id = ? and recorded_at_ms < ?', projectId, selector.before_ms)
    return 'everything' in selector ? where('project_id = ?', projectId) : []
  }

  #deleteOutcomes(keys: readonly OutcomeKey[]): number {
    const remove = this.#sqlite.prepare<[number]>('delete from ab_test_outcomes where row_id = ?')
    for (const { row_id } of keys) remove.run(row_id)
    const users = new Map(keys.map((key) => [`${key.test_id} ${key.user_hash}`, key]))
    for (const user of users.values()) this.#sumAgain(user)
    this.#countAgain(keys)
    return keys.length
  }

  #deleteAssignments(projectId: number, selector: StoredSelector, limit: number): number {
    const where = (condition: string, ...values: (string | number)[]) =>
      this.#sqlite
        .prepare<unknown[], { assignment_id: number; test_id: number }>(
          `select assignment_id, test_id from ab_test_assignments where ${condition} limit ?`,
        )
        .all(...values, limit)
    const rows =
      'user_hash' in selector
        ? where(`test_id in ${OF_PROJECT} and user_hash = ?`, projectId, selector.user_hash)
        : 'before_ms' in selector
          ? where(
              'project_id = ? and assigned_at_ms < ? and outcome_count = 0',
              projectId,
              selector.before_ms,
            )
          : 'everything' in selector
            ? where('project_id = ?', projectId)
            : []
    const remove = this.#sqlite.prepare<[number]>('delete from ab_test_assignments where assignment_id = ?')
    for (const { assignment_id } of rows) remove.run(assignment_id)
    this.#countAgain(rows)
    return rows.length
  }

  /** A difference of sums would not be exact. */
  #sumAgain({ test_id, user_hash }: OutcomeKey): void {
    const cap = this.#sqlite
      .prepare<[number], Pick<AbTestConfigRow, 'cost_cap_usd'>>(
        'select cost_cap_usd from ab_test_configs where test_id = ?',
      )
      .get(test_id)!.cost_cap_usd
    const outcomes = this.#sqlite
      .prepare<[number, string], AbTestOutcomeRow>(
        'select * from ab_test_outcomes where test_id = ? and user_hash = ?',
      )
      .all(test_id, user_hash)
    this.#sqlite
      .prepare<[object]>(
        `update ab_test_assignments set ${SUM_COLUMNS.map((each) => `${each} = @${each}`).join(', ')}
        where test_id = @test_id and user_hash = @user_hash`,
      )
      .run({ test_id, user_hash, ...sumAll(outcomes, cap) })
  }

  #countAgain(rows: readonly { readonly test_id: number }[]): void {
    const count = (group: string, more = '') =>
      `(select count(*) from ab_test_assignments a
        where a.test_id = @test_id and a.group_name = '${group}'${more})`
    const update = this.#sqlite.prepare<[object]>(
      `update ab_test_configs set
        control_users = ${count('control')},
        treatment_users = ${count('treatment')},
        control_users_with_outcomes = ${count('control', ' and a.outcome_count > 0')},
        treatment_users_with_outcomes = ${count('treatment', ' and a.outcome_count > 0')}
      where test_id = @test_id`,
    )
    for (const test_id of new Set(rows.map((row) => row.test_id))) update.run({ test_id })
  }
}
