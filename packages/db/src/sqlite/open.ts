import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '@skillwatch/schema'
import BetterSqlite3 from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { sqlitePath } from '../database-url.ts'
import { DatabaseError, sqliteCode } from '../errors.ts'
import { MIGRATIONS } from '../migrations/index.ts'
import { prepared } from './statements.ts'
import { isHeldByOther, takeWriterLock, type WriterLock } from './writer-lock.ts'

/** A read-only connection. Reads see the newest commit; inside `snapshot` they all see the same one. */
export interface Reader extends Disposable {
  readonly db: Kysely<Database>
  readonly sqlite: BetterSqlite3.Database
  readonly path: string
  close(): void
}

/**
 * The one connection that writes (R1); it holds the database's writer lock until it is closed or the process
 * dies.
 */
export interface Writer extends Reader {
  readonly writer: true
}

export type IntegrityCheck = 'quick' | 'full' | 'off'

/** Marks a SQLite file as ours (`PRAGMA application_id`): the letters "SkWt". */
export const APPLICATION_ID = 0x536b5774

/**
 * How long a write waits for a lock of another process before it is refused; the event loop stands still
 * meanwhile.
 */
const BUSY_TIMEOUT_MS = 250

/**
 * Opens the database for reading.
 * @throws {DatabaseError} `missing`, `not-ours`, `corrupt`, `older` or `newer` than this program,
 * `unsupported`
 */
export function openReader(databaseUrl: string): Reader {
  const path = sqlitePath(databaseUrl)
  if (!existsSync(path) || statSync(path).size === 0) throw missing(path)
  return openChecked(path, { readonly: true, fileMustExist: true }, (sqlite) => {
    demandOurs(sqlite, path)
    demandSchema(sqlite, path)
    return { sqlite, path }
  })
}

/**
 * Opens the database for reading as soon as ingest has made or migrated it.
 * @param onWait called once per reason for waiting
 * @throws {DatabaseError} what waiting does not mend; the signal's reason when aborted
 */
export async function waitForReader(
  databaseUrl: string,
  { signal, onWait }: { signal: AbortSignal; onWait?: (error: DatabaseError) => void },
): Promise<Reader> {
  for (let said = ''; ; await delay(250, undefined, { signal })) {
    try {
      return openReader(databaseUrl)
    } catch (error) {
      if (!(error instanceof DatabaseError) || (error.kind !== 'missing' && error.kind !== 'older'))
        throw error
      if (said !== error.message) onWait?.(error)
      said = error.message
    }
  }
}

/**
 * Opens the database for writing and makes the file when there is none. Does not migrate.
 * @param integrityCheck how thoroughly the file is checked first: `quick` reads the whole file once; `auto`
 * does so only when the writer before did not close the database
 * @throws {DatabaseError} `in-use` when another process writes, `not-ours`, `corrupt`, `newer`,
 * `unsupported`
 */
export function openWriter(
  databaseUrl: string,
  { integrityCheck = 'auto' }: { integrityCheck?: IntegrityCheck | 'auto' } = {},
): Writer {
  const path = sqlitePath(databaseUrl)
  mkdirSync(dirname(path), { recursive: true })
  const lock = lockForWriting(path)
  try {
    const reader = openChecked(path, { timeout: BUSY_TIMEOUT_MS }, (sqlite) => {
      const isNew = sqlite.prepare('select 1 from sqlite_schema limit 1').get() === undefined
      if (!isNew) demandOurs(sqlite, path)
      const check = integrityCheck === 'auto' ? (lock.wasClosedCleanly ? 'off' : 'quick') : integrityCheck
      if (!isNew) demandIntegrity(sqlite, path, check)
      demandNotNewer(sqlite, path)
      prepareForWriting(sqlite, isNew)
      return { sqlite, path }
    })
    const close = () => {
      reader.close()
      lock.close()
    }
    return { ...reader, writer: true, close, [Symbol.dispose]: close }
  } catch (error) {
    lock.close()
    throw error
  }
}

/** Runs reads that all see one and the same commit. */
export function snapshot<T>(reader: Reader, read: () => T): T {
  return reader.sqlite.transaction(read).deferred()
}

function openChecked(
  path: string,
  options: BetterSqlite3.Options,
  check: (sqlite: BetterSqlite3.Database) => { sqlite: BetterSqlite3.Database; path: string },
): Reader {
  let sqlite: BetterSqlite3.Database | undefined
  try {
    sqlite = new BetterSqlite3(path, options)
    const checked = check(sqlite)
    const close = () => {
      checked.sqlite.close()
    }
    const db = new Kysely<Database>({ dialect: new SqliteDialect({ database: checked.sqlite }) })
    return { ...checked, db, close, [Symbol.dispose]: close }
  } catch (error) {
    sqlite?.close()
    throw explained(error, path)
  }
}

/** @throws {DatabaseError} `in-use` */
function lockForWriting(path: string): WriterLock {
  try {
    return takeWriterLock(path)
  } catch (error) {
    if (!isHeldByOther(error)) throw explained(error, path)
    throw new DatabaseError(
      'in-use',
      `another process writes ${path}`,
      'only one may; stop ingest first',
      error,
    )
  }
}

function prepareForWriting(sqlite: BetterSqlite3.Database, isNew: boolean): void {
  if (isNew) sqlite.pragma(`application_id = ${APPLICATION_ID}`)
  sqlite.pragma('journal_mode = wal')
  sqlite.pragma('synchronous = full')
  sqlite.pragma('wal_autocheckpoint = 4000')
  sqlite.pragma('cache_size = -64000')
  sqlite.pragma('temp_store = memory')
  sqlite.pragma('foreign_keys = on')
  // What is deleted is overwritten, so that it is not found in the file either (R10).
  sqlite.pragma('secure_delete = on')
}

function demandOurs(sqlite: BetterSqlite3.Database, path: string): void {
  if (sqlite.pragma('application_id', { simple: true }) === APPLICATION_ID) return
  throw new DatabaseError(
    'not-ours',
    `${path} is a database of another program`,
    'name another file in SKILLWATCH_DATABASE_URL',
  )
}

function demandIntegrity(
  sqlite: BetterSqlite3.Database,
  path: string,
  check: 'quick' | 'full' | 'off',
): void {
  if (check === 'off') return
  const result = sqlite.pragma(check === 'quick' ? 'quick_check(1)' : 'integrity_check(1)', { simple: true })
  if (result === 'ok') return
  throw new DatabaseError(
    'corrupt',
    `${path} is damaged (${String(result)})`,
    'restore a backup, or move the file away to begin anew',
  )
}

function demandSchema(sqlite: BetterSqlite3.Database, path: string): void {
  const version = schemaVersion(sqlite)
  demandNotNewer(sqlite, path)
  if (version < MIGRATIONS.length) {
    throw new DatabaseError(
      'older',
      `${path} has schema version ${version}, this program needs ${MIGRATIONS.length}`,
      'start ingest, which migrates it',
    )
  }
}

function demandNotNewer(sqlite: BetterSqlite3.Database, path: string): void {
  const version = schemaVersion(sqlite)
  if (version <= MIGRATIONS.length) return
  throw new DatabaseError(
    'newer',
    `${path} has schema version ${version}, this program knows ${MIGRATIONS.length}`,
    'update Skillwatch, or migrate down with the newer version',
  )
}

/** Highest applied migration; 0 for an empty database. */
export function schemaVersion(sqlite: BetterSqlite3.Database): number {
  const table = prepared(
    sqlite,
    `select 1 from sqlite_schema where type = 'table' and name = 'skill_migrations'`,
  ).get()
  if (table === undefined) return 0
  return sqlite.prepare('select coalesce(max(version), 0) from skill_migrations').pluck().get() as number
}

function missing(path: string): DatabaseError {
  return new DatabaseError('missing', `there is no database at ${path}`, 'start ingest, which makes it')
}

function explained(error: unknown, path: string): unknown {
  const code = sqliteCode(error)
  if (code === 'SQLITE_NOTADB')
    return new DatabaseError(
      'not-ours',
      `${path} is not a SQLite database`,
      'name another file in SKILLWATCH_DATABASE_URL',
      error,
    )
  if (code?.startsWith('SQLITE_CORRUPT'))
    return new DatabaseError(
      'corrupt',
      `${path} is damaged`,
      'restore a backup, or move the file away to begin anew',
      error,
    )
  if (code?.startsWith('SQLITE_CANTOPEN'))
    return new DatabaseError(
      'missing',
      `${path} cannot be opened`,
      'look at the folder and its permissions',
      error,
    )
  return error
}
