import type Sqlite from 'better-sqlite3'
import { CliError } from '../../errors.ts'
import { openReadOnly } from './open-read-only.ts'
import { invocationIdOf, type SessionBuddyRecord, type Source, type SourceRow } from './source.ts'

const PAGE_ROWS = 1_000

const NEEDED = ['id', 'skill_name', 'invoked_at', 'session_id', 'completed']
/** Columns read where a version has them; embeddings are made anew from nothing we keep, so they stay. */
const WANTED = [
  ...NEEDED,
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

/** Tables that are neither calls nor sums of them. */
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
 * session-buddy's `skills.db` of any version: which columns there are is read from the file.
 * @throws {CliError} when it is no such database
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
  const missing = NEEDED.filter((column) => !columns.includes(column))
  if (missing.length > 0) {
    const found =
      columns.length === 0
        ? 'it has no table skill_invocation'
        : `skill_invocation has no ${missing.join(', ')}`
    throw new CliError(
      `${path} is no skills.db of session-buddy: ${found}. Its own file is .session-buddy/skills.db.`,
    )
  }
  const read = WANTED.filter((column) => columns.includes(column)).join(', ')
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
    // Each page is a read of its own: a long one would keep session-buddy's log from being emptied.
    *rowsAfter(rowId) {
      for (
        let rows = page.all(rowId, PAGE_ROWS);
        rows.length > 0;
        rows = page.all(rows.at(-1)!.id, PAGE_ROWS)
      ) {
        yield* rows.map(toSourceRow)
      }
    },
    [Symbol.dispose]: () => void sqlite.close(),
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

/** Rows are written once and never amended; the row id tells equal ones apart. A copy of the file has the same ids. */
function idOf({ id, created_at, invoked_at, session_id, skill_name }: Row): string {
  return invocationIdOf('skills.db', id, created_at ?? null, invoked_at, session_id, skill_name)
}

/** What is no list of JSON stays as it is, for the check of the observation to name. */
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
