import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { DatabaseError } from './errors.ts'
import { type Migration, SQLITE } from './migrations/dialect.ts'
import { MIGRATIONS } from './migrations/index.ts'
import { DEFAULT_PROJECT, insertProject } from './projects.ts'
import { type Reader, schemaVersion, type Writer } from './sqlite/open.ts'
import { all, first, run } from './sqlite/statements.ts'

/** What one migration did or, in a dry run, would do. */
export interface MigrationStep {
  version: number
  name: string
  statements: string[]
}

export interface MigrationStatus {
  version: number
  name: string
  applied_at_ms: number | undefined
}

const CREATE_MIGRATIONS_TABLE = `create table if not exists skill_migrations (
  version integer primary key,
  name text not null,
  checksum text not null,
  applied_at_ms integer not null
) strict`

/**
 * Applies every pending migration, each in a transaction of its own; the first one makes the project
 * `default` too.
 * @throws {DatabaseError} when the applied ones are not those of this program
 */
export function migrateUp(
  writer: Writer,
  nowMs: number,
  { dryRun = false, migrations = MIGRATIONS } = {},
): MigrationStep[] {
  demandValid(writer, migrations)
  const version = schemaVersion(writer.sqlite)
  const steps = migrations.filter((migration) => migration.version > version)
  if (!dryRun) {
    writer.sqlite.exec(CREATE_MIGRATIONS_TABLE)
    for (const migration of steps) applyUp(writer, migration, nowMs)
  }
  return steps.map((migration) => ({
    version: migration.version,
    name: migration.name,
    statements: migration.up(SQLITE),
  }))
}

/** Undoes the newest migration, and only that one, in a transaction. Undefined when there is none. */
export function migrateDown(
  writer: Writer,
  { dryRun = false, migrations = MIGRATIONS } = {},
): MigrationStep | undefined {
  demandValid(writer, migrations)
  const migration = migrations[schemaVersion(writer.sqlite) - 1]
  if (migration === undefined) return undefined
  const statements = migration.down(SQLITE)
  if (!dryRun) {
    writer.sqlite
      .transaction(() => {
        for (const statement of statements) writer.sqlite.exec(statement)
        run(
          writer.sqlite,
          writer.db.deleteFrom('skill_migrations').where('version', '=', migration.version).compile(),
        )
      })
      .immediate()
  }
  return { version: migration.version, name: migration.name, statements }
}

/** Every migration this program knows and when it was applied. */
export function migrationStatus(reader: Reader, migrations = MIGRATIONS): MigrationStatus[] {
  const applied = new Map(appliedMigrations(reader).map((row) => [row.version, row.applied_at_ms]))
  return migrations.map(({ version, name }) => ({ version, name, applied_at_ms: applied.get(version) }))
}

/** What is wrong with the applied migrations, in words; empty when they are those of this program. */
export function validateMigrations(reader: Reader, migrations = MIGRATIONS): string[] {
  return appliedMigrations(reader).flatMap((row, index) => {
    const migration = migrations[index]
    if (row.version !== index + 1) return [`version ${index + 1} is missing below version ${row.version}`]
    if (migration === undefined) return [`version ${row.version} (${row.name}) is not known to this program`]
    if (migration.name !== row.name)
      return [`version ${row.version} is called ${row.name}, expected ${migration.name}`]
    if (checksum(migration) !== row.checksum)
      return [`version ${row.version} (${row.name}) was applied with other SQL than this program has`]
    return []
  })
}

/** SHA-256 over the SQL of both directions. */
function checksum(migration: Migration): string {
  return createHash('sha256')
    .update(JSON.stringify([migration.up(SQLITE), migration.down(SQLITE)]))
    .digest('hex')
}

function applyUp(writer: Writer, migration: Migration, nowMs: number): void {
  writer.sqlite
    .transaction(() => {
      for (const statement of migration.up(SQLITE)) writer.sqlite.exec(statement)
      const row = {
        version: migration.version,
        name: migration.name,
        checksum: checksum(migration),
        applied_at_ms: nowMs,
      }
      run(writer.sqlite, writer.db.insertInto('skill_migrations').values(row).compile())
      // In the same transaction, so that no reader and no crash ever meets a migrated database without it.
      if (migration.version === 1) insertProject(writer, DEFAULT_PROJECT, nowMs)
    })
    .immediate()
}

function appliedMigrations(reader: Reader) {
  const table = first(
    reader.sqlite,
    sql`select 1 from sqlite_schema where type = 'table' and name = 'skill_migrations'`.compile(reader.db),
  )
  if (table === undefined) return []
  return all(
    reader.sqlite,
    reader.db.selectFrom('skill_migrations').selectAll().orderBy('version').compile(),
  )
}

function demandValid(writer: Writer, migrations: readonly Migration[]): void {
  const problems = validateMigrations(writer, migrations)
  if (problems.length === 0) return
  throw new DatabaseError(
    'newer',
    `the migrations of ${writer.path} are not those of this program (${problems.join('; ')})`,
    'use the version of Skillwatch that made it',
  )
}
