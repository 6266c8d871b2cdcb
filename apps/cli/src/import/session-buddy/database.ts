import type Sqlite from 'better-sqlite3'
import { CliError } from '../../errors.ts'
import { openReadOnly } from './open-read-only.ts'
import { invocationIdOf, type SessionBuddyRecord, type Source, type SourceRow } from './source.ts'

const PAGE_ROWS = 1_000

const REQUIRED_COLUMNS = ['id', 'skill_name', 'invoked_at', 'session_id', 'completed']
/** Columns that are read where a version has them. Embeddings are not imported. */
const COLUMNS = [
  ...REQUIRED_COLUMNS,
  'created_at',
  'workflow_path',
  'duration_seconds',
  'user_query',
  'alternatives_considered',
  'selection_rank',
  'follow_up_actions',
  'error_type',
  'workflow_phase',
  'workflow_step_id',
]

/** Tables that hold neither calls nor sums of calls. */
const OTHER_TABLES = [
  'skill_anomalies',
  'skill_community_baselines',
  'skill_user_interactions',
  'skill_clusters',
  'skill_cluster_membership',
  'ab_test_configs',
  'ab_test_assignments',
  'ab_test_outcomes',
  'skill_categories',
  'skill_category_mapping',
  'skill_modalities',
]

type Row = Record<string, unknown> & { id: number }

/**
 * Opens session-buddy's `skills.db` of any version. Its columns are read from the file.
 * @throws {CliError} when it is another database
 */
export function openDatabaseSource(path: string): Source {
  const sqlite = openReadOnly(path)
  try {
    return createDatabaseSource(sqlite, path)
  } catch (error) {
    sqlite.close()
    throw error
  }
}

function createDatabaseSource(sqlite: Sqlite.Database, path: string): Source {
  const columns = columnsOf(sqlite, 'skill_invocation')
  demandColumns(columns, path)
  const read = COLUMNS.filter((column) => columns.includes(column)).join(', ')
  const one = sqlite.prepare<[number], Row>(`select ${read} from skill_invocation where id = ?`)
  const page = sqlite.prepare<[number, number], Row>(
    `select ${read} from skill_invocation where id > ? order by id limit ?`,
  )
  const countUpTo = sqlite
    .prepare<[number], number>('select count(*) from skill_invocation where id <= ?')
    .pluck()
  return {
    format: 'database',
    layout: layoutOf(sqlite, columns),
    rowCount: countRows(sqlite, 'skill_invocation'),
    otherRows: otherRows(sqlite),
    rowCountUpTo: (rowId) => countUpTo.get(rowId) ?? 0,
    invocationIdAt: (rowId) => {
      const row = one.get(rowId)
      return row && idOf(row)
    },
    rowsAfter: (rowId) => rowsAfter(page, rowId),
    [Symbol.dispose]: () => void sqlite.close(),
  }
}

function demandColumns(columns: readonly string[], path: string): void {
  const missing = REQUIRED_COLUMNS.filter((column) => !columns.includes(column))
  if (missing.length === 0) return
  const reason =
    columns.length === 0
      ? 'it has no table skill_invocation'
      : `skill_invocation has no ${missing.join(', ')}`
  throw new CliError(
    `${path} is not a skills.db of session-buddy: ${reason}. Its own file is .session-buddy/skills.db.`,
  )
}

/**
 * Each page is a transaction of its own: a long one would keep SQLite from truncating session-buddy's log.
 */
function* rowsAfter(page: Sqlite.Statement<[number, number], Row>, rowId: number): Generator<SourceRow> {
  let rows = page.all(rowId, PAGE_ROWS)
  while (rows.length > 0) {
    yield* rows.map(toSourceRow)
    rows = page.all(rows.at(-1)!.id, PAGE_ROWS)
  }
}

function toSourceRow(row: Row): SourceRow {
  const record: SessionBuddyRecord = {
    ...row,
    alternatives_considered: parseList(row.alternatives_considered),
    follow_up_actions: parseList(row.follow_up_actions),
  }
  return { rowId: row.id, invocationId: idOf(row), record }
}

/**
 * session-buddy never changes a row. The row id makes the ids of equal rows differ. A copy has the same ids.
 */
function idOf({ id, created_at, invoked_at, session_id, skill_name }: Row): string {
  return invocationIdOf('skills.db', id, created_at ?? null, invoked_at, session_id, skill_name)
}

/** Text that is not JSON is returned as it is; the check of the observation then names it. */
function parseList(value: unknown): unknown {
  if (typeof value !== 'string' || value === '') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function layoutOf(sqlite: Sqlite.Database, columns: readonly string[]): Source['layout'] {
  if (columnsOf(sqlite, 'skill_metrics_cache').length > 0) return 'V4'
  if (columns.includes('workflow_phase')) return 'V3'
  return columns.includes('embedding') ? 'V2' : 'V1'
}

function otherRows(sqlite: Sqlite.Database): Record<string, number> {
  const present = OTHER_TABLES.filter((table) => columnsOf(sqlite, table).length > 0)
  return Object.fromEntries(
    present.map((table) => [table, countRows(sqlite, table)] as const).filter(([, rows]) => rows > 0),
  )
}

function countRows(sqlite: Sqlite.Database, table: string): number {
  return sqlite.prepare<[], number>(`select count(*) from ${table}`).pluck().get() ?? 0
}

function columnsOf(sqlite: Sqlite.Database, table: string): string[] {
  return sqlite.prepare<[string], string>('select name from pragma_table_info(?)').pluck().all(table)
}
