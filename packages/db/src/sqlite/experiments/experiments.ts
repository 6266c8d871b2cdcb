import type {
  AbTestAssignmentRow,
  AbTestConfigRow,
  AbTestOutcomeRow,
  ExperimentGroup,
  ParsedExperiment,
  ParsedOutcome,
} from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'
import { type OutcomeSums, SUM_COLUMNS } from '../../experiments/sums.ts'

/** The columns that creating an experiment fills, beside its project and its instants. */
export const CONFIG_COLUMNS = [
  'test_name',
  'description',
  'control_strategy',
  'treatment_strategy',
  'end_date_ms',
  'min_sample_size',
  'metrics',
  'assignment_ratio',
  'min_effect',
  'cost_cap_usd',
] as const satisfies readonly (keyof ParsedExperiment)[]

const OUTCOME_COLUMNS = [
  'outcome_id',
  'skill_name',
  'completed',
  'duration_seconds',
  'rating',
  'cost_usd',
  'recorded_at_ms',
] as const satisfies readonly (keyof ParsedOutcome)[]

type Key = Pick<AbTestAssignmentRow, 'project_id' | 'test_id' | 'user_hash'>

/** Experiments, their users and the outcomes of these in SQLite. */
export class ExperimentStatements {
  readonly #sqlite: BetterSqlite3.Database
  readonly #find
  readonly #count
  readonly #insert
  readonly #end
  readonly #saveAnalysis
  readonly #assignment
  readonly #assign
  readonly #outcome
  readonly #insertOutcome
  readonly #addSums

  constructor(sqlite: BetterSqlite3.Database) {
    this.#sqlite = sqlite
    this.#find = sqlite.prepare<[number, string], AbTestConfigRow>(
      'select * from ab_test_configs where project_id = ? and test_name = ?',
    )
    this.#count = sqlite
      .prepare<[number], number>('select count(*) from ab_test_configs where project_id = ?')
      .pluck()
    this.#insert = sqlite.prepare<[object]>(
      insertInto('ab_test_configs', [
        'project_id',
        ...CONFIG_COLUMNS,
        'start_date_ms',
        'status',
        'created_at_ms',
      ]),
    )
    this.#end = sqlite.prepare<[object]>(
      `update ab_test_configs set status = @status, ended_at_ms = @nowMs
      where test_id = @test_id and status = 'running'`,
    )
    this.#saveAnalysis = sqlite.prepare<[string, number]>(
      'update ab_test_configs set analysis = ? where test_id = ? and analysis is null',
    )
    this.#assignment = sqlite.prepare<[number, string], AbTestAssignmentRow>(
      'select * from ab_test_assignments where test_id = ? and user_hash = ?',
    )
    this.#assign = sqlite.prepare<[object]>(
      insertInto('ab_test_assignments', [
        'project_id',
        'test_id',
        'user_hash',
        'group_name',
        'assigned_at_ms',
      ]),
    )
    this.#outcome = sqlite.prepare<[number, string], AbTestOutcomeRow>(
      'select * from ab_test_outcomes where test_id = ? and outcome_id = ?',
    )
    this.#insertOutcome = sqlite.prepare<[object]>(
      insertInto('ab_test_outcomes', ['project_id', 'test_id', 'user_hash', ...OUTCOME_COLUMNS]),
    )
    this.#addSums = sqlite.prepare<[object]>(
      `update ab_test_assignments set ${SUM_COLUMNS.map((each) => `${each} = ${each} + @${each}`).join(', ')}
      where assignment_id = @assignment_id`,
    )
  }

  find(projectId: number, testName: string): AbTestConfigRow | undefined {
    return this.#find.get(projectId, testName)
  }

  count(projectId: number): number {
    return this.#count.get(projectId)!
  }

  insert(project_id: number, experiment: ParsedExperiment, nowMs: number): void {
    this.#insert.run({
      project_id,
      start_date_ms: nowMs,
      ...experiment,
      status: 'running',
      created_at_ms: nowMs,
    })
  }

  end(test_id: number, status: 'concluded' | 'stopped', nowMs: number): void {
    this.#end.run({ test_id, status, nowMs })
  }

  /** Keeps the first one. */
  saveAnalysis(testId: number, analysis: string): void {
    this.#saveAnalysis.run(analysis, testId)
  }

  assignment(testId: number, userHash: string): AbTestAssignmentRow | undefined {
    return this.#assignment.get(testId, userHash)
  }

  assign(key: Key, group_name: ExperimentGroup, assigned_at_ms: number): void {
    this.#assign.run({ ...key, group_name, assigned_at_ms })
    this.#addOne(key.test_id, `${group_name}_users`)
  }

  hasOutcome(testId: number, outcomeId: string): boolean {
    return this.#outcome.get(testId, outcomeId) !== undefined
  }

  addOutcome(assignment: AbTestAssignmentRow, outcome: ParsedOutcome, sums: OutcomeSums): void {
    const { assignment_id, project_id, test_id, user_hash, group_name, outcome_count } = assignment
    this.#insertOutcome.run({ project_id, test_id, user_hash, ...outcome })
    this.#addSums.run({ assignment_id, ...sums })
    if (outcome_count === 0) this.#addOne(test_id, `${group_name}_users_with_outcomes`)
  }

  #addOne(testId: number, column: `${ExperimentGroup}_users${'' | '_with_outcomes'}`): void {
    this.#sqlite
      .prepare<[number]>(`update ab_test_configs set ${column} = ${column} + 1 where test_id = ?`)
      .run(testId)
  }
}

function insertInto(table: string, columns: readonly string[]): string {
  return `insert into ${table} (${columns.join(', ')})
    values (${columns.map((column) => `@${column}`).join(', ')})`
}
