import Sqlite from 'better-sqlite3'

export type Version = 1 | 2 | 3 | 4

/** A row of `skill_invocation` under session-buddy's names; what is absent is null. */
export interface Row {
  skill_name?: unknown
  invoked_at?: unknown
  session_id?: unknown
  completed?: unknown
  [column: string]: unknown
}

const V1 = `
  create table skill_invocation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    skill_name TEXT NOT NULL,
    invoked_at TEXT NOT NULL,
    session_id TEXT NOT NULL,
    workflow_path TEXT,
    completed BOOLEAN NOT NULL DEFAULT 0,
    duration_seconds REAL,
    user_query TEXT,
    alternatives_considered TEXT,
    selection_rank INTEGER,
    follow_up_actions TEXT,
    error_type TEXT,
    created_at TEXT NOT NULL DEFAULT (datetime('now'))
  );
  create index idx_invocation_session on skill_invocation (session_id);
  create index idx_invocation_skill on skill_invocation (skill_name);
  create index idx_invocation_invoked_at on skill_invocation (invoked_at desc);
  create virtual table skill_invocation_fts using fts5 (user_query, content = 'skill_invocation', content_rowid = 'id');
  create table skill_metrics (
    skill_name TEXT PRIMARY KEY,
    total_invocations INTEGER NOT NULL DEFAULT 0,
    completed_invocations INTEGER NOT NULL DEFAULT 0,
    abandoned_invocations INTEGER NOT NULL DEFAULT 0,
    completion_rate REAL NOT NULL DEFAULT 0
  );
  create table session_skills (
    session_id TEXT NOT NULL, skill_name TEXT NOT NULL, invocation_count INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (session_id, skill_name)
  );
  create table skill_migrations (
    version TEXT PRIMARY KEY, applied_at TEXT NOT NULL, description TEXT, rollback_sql TEXT, checksum TEXT,
    applied_by TEXT DEFAULT 'session-buddy', success BOOLEAN NOT NULL DEFAULT 1
  )`

const V2 = `
  alter table skill_invocation add column embedding BLOB;
  create index idx_invocation_embedding on skill_invocation (embedding) where embedding is not null`

const V3 = `
  alter table skill_invocation add column workflow_phase TEXT;
  alter table skill_invocation add column workflow_step_id TEXT;
  create index idx_invocation_workflow_phase on skill_invocation (workflow_phase) where workflow_phase is not null`

const V4 = `
  create table skill_metrics_cache (
    skill_name TEXT PRIMARY KEY, last_invocation_at TEXT NOT NULL, invocation_count_1h INTEGER DEFAULT 0,
    invocation_count_24h INTEGER DEFAULT 0, avg_completion_rate_24h REAL, is_anomalous BOOLEAN DEFAULT 0,
    anomaly_score REAL, updated_at TEXT NOT NULL
  );
  create table skill_user_interactions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user_id TEXT NOT NULL, session_id TEXT NOT NULL, skill_name TEXT NOT NULL,
    invoked_at TEXT NOT NULL, completed BOOLEAN NOT NULL, rating REAL, alternatives_considered TEXT
  );
  create table ab_test_configs (
    test_id INTEGER PRIMARY KEY AUTOINCREMENT, test_name TEXT NOT NULL UNIQUE, control_strategy TEXT NOT NULL,
    treatment_strategy TEXT NOT NULL, start_date TEXT NOT NULL, status TEXT DEFAULT 'running'
  );
  create table skill_modalities (
    skill_name TEXT PRIMARY KEY, modality_type TEXT NOT NULL, requires_human_review BOOLEAN DEFAULT 0
  )`

/** A `skills.db` as session-buddy's migrations up to a version make it, in WAL mode, open for writing. */
export function createSkillsDb(path: string, version: Version): Sqlite.Database {
  const sqlite = new Sqlite(path)
  sqlite.pragma('journal_mode = wal')
  for (const step of [V1, V2, V3, V4].slice(0, version)) sqlite.exec(step)
  return sqlite
}

export function insertRow(sqlite: Sqlite.Database, row: Row): void {
  const full = {
    skill_name: 'pytest-run',
    invoked_at: '2026-02-10T12:00:00.123456+00:00',
    session_id: 's1',
    completed: 1,
    ...row,
  }
  const columns = Object.keys(full)
  const values = Object.values(full).map((value) => (Array.isArray(value) ? JSON.stringify(value) : value))
  sqlite
    .prepare(
      `insert into skill_invocation (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
    )
    .run(values)
}

/** Writes a database of these rows and closes it. */
export function writeSkillsDb(path: string, version: Version, rows: readonly Row[]): void {
  const sqlite = createSkillsDb(path, version)
  sqlite.transaction(() => {
    for (const row of rows) insertRow(sqlite, row)
  })()
  sqlite.close()
}
