import type {
  AbTestAssignmentRow,
  AbTestConfigRow,
  Experiment,
  ExperimentAnalysis,
  ExperimentStatus,
} from '@skillwatch/schema'
import { sql } from 'kysely'
import { SUM_COLUMNS } from '../experiments/sums.ts'
import { toExperiment } from '../experiments/to-experiment.ts'
import { type Reader, snapshot } from '../sqlite/open.ts'
import { all, first } from '../sqlite/statements.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from './cursor.ts'

export interface ExperimentsQuery {
  status?: ExperimentStatus
  /** By when they were created. */
  order: 'asc' | 'desc'
  limit: number
  cursor?: string
}

/**
 * Experiments by when they were created. A project has at most 1,000.
 * @throws {CursorError}
 */
export function listExperiments(
  reader: Reader,
  projectId: number,
  query: ExperimentsQuery,
): Page<Experiment> {
  const { status, order, limit, cursor } = query
  const list = `experiments:${order}`
  const [sign, direction] = order === 'asc' ? [sql`>`, sql`asc`] : [sql`<`, sql`desc`]
  const conditions = [sql`project_id = ${projectId}`]
  if (status !== undefined) conditions.push(sql`status = ${status}`)
  if (cursor !== undefined) {
    const [testId] = decodeCursor(cursor, list, ['integer'])
    conditions.push(sql`test_id ${sign} ${testId}`)
  }
  const statement = sql<AbTestConfigRow>`
    select * from ab_test_configs indexed by ab_test_configs_by_project
    where ${sql.join(conditions, sql` and `)}
    order by test_id ${direction} limit ${limit + 1}`
  const rows = all(reader.sqlite, statement.compile(reader.db))
  const page = toPage(rows, limit, ({ test_id }) => encodeCursor(list, [test_id]))
  return { ...page, items: page.items.map(toExperiment) }
}

/** The group of a user, and the sums over the outcomes of the user. */
type ExperimentUser = Pick<AbTestAssignmentRow, 'group_name' | (typeof SUM_COLUMNS)[number]>

/** An experiment with the analysis that was stored when it was concluded, or with what to analyse. */
export type ExperimentWithUsers =
  | { readonly experiment: Experiment; readonly analysis: ExperimentAnalysis }
  | { readonly experiment: Experiment; readonly analysis: null; readonly users: readonly ExperimentUser[] }

/**
 * An experiment and its users with outcomes, of one commit. Reads a row for each user, of whom there are at
 * most 100,000.
 * @returns undefined when the project has no such experiment
 */
export function getExperiment(
  reader: Reader,
  projectId: number,
  testName: string,
): ExperimentWithUsers | undefined {
  return snapshot(reader, () => {
    const row = findRow(reader, projectId, testName)
    if (row === undefined) return undefined
    const experiment = toExperiment(row)
    if (row.analysis !== null)
      return { experiment, analysis: JSON.parse(row.analysis) as ExperimentAnalysis }
    const query = reader.db
      .selectFrom('ab_test_assignments')
      .select(['group_name', ...SUM_COLUMNS])
      .where('test_id', '=', row.test_id)
      .where('outcome_count', '>', 0)
    return { experiment, analysis: null, users: all(reader.sqlite, query.compile()) }
  })
}

/** An experiment without its users; undefined when the project has none of this name. */
export function findExperiment(reader: Reader, projectId: number, testName: string): Experiment | undefined {
  const row = findRow(reader, projectId, testName)
  return row && toExperiment(row)
}

function findRow({ sqlite, db }: Reader, projectId: number, testName: string): AbTestConfigRow | undefined {
  const query = db
    .selectFrom('ab_test_configs')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('test_name', '=', testName)
  return first(sqlite, query.compile())
}

/** How many users a running experiment has, and how many it needs. */
export interface ExperimentSample {
  readonly test_name: string
  /** Users with outcomes of the smaller group. */
  readonly samples: number
  readonly min_sample_size: number
}

/** The samples of the running experiments of a project, in order of their creation. */
export function experimentSamples(reader: Reader, projectId: number): ExperimentSample[] {
  const statement = sql<ExperimentSample>`
    select test_name, min(control_users_with_outcomes, treatment_users_with_outcomes) as samples, min_sample_size
    from ab_test_configs indexed by ab_test_configs_by_project
    where project_id = ${projectId} and status = 'running' order by test_id`
  return all(reader.sqlite, statement.compile(reader.db))
}
