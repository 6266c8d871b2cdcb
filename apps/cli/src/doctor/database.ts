import type * as Db from '@skillwatch/db'
import { broken, type Check, noted, ok } from './check.ts'
import { bytes } from './units.ts'

/** Above this size the check of the whole file would take minutes. */
const CHECK_BYTES_MAX = 2 * 1024 ** 3

/** What the other checks need to know of the file. */
export interface DatabaseFacts {
  readonly path: string
  readonly position: { epoch: string; offset: number } | undefined
}

export interface DatabaseReport {
  readonly checks: readonly Check[]
  readonly facts: DatabaseFacts | undefined
}

/** Looks at the database file, read-only, also while ingest writes it. */
export async function checkDatabase(databaseUrl: string): Promise<DatabaseReport> {
  try {
    // Loaded here: a driver that does not load is one of the things to find.
    const db = await import('@skillwatch/db')
    using reader = db.openReader(databaseUrl)
    return examine(db, reader)
  } catch (error) {
    return { checks: [describeFailure(error)], facts: undefined }
  }
}

function examine(db: typeof Db, reader: Db.Reader): DatabaseReport {
  const { path } = reader
  const size = db.databaseBytes(reader)
  const version = Math.max(
    0,
    ...db.migrationStatus(reader).map((step) => (step.applied_at_ms === undefined ? 0 : step.version)),
  )
  const problems = db.validateMigrations(reader)
  const project = db.findProject(reader, 'default')
  const stream = project && db.streamPosition(reader, project.project_id)
  const facts = { path, position: stream && { epoch: stream.epoch, offset: stream.last_offset } }
  const migrations =
    problems.length === 0
      ? ok('database', `${path}, ${bytes(size)}, schema version ${version}, as this program expects`)
      : broken(
          'database',
          `${path}: ${problems.join('; ')}`,
          'use the version of Skillwatch that made it, or restore a backup',
        )
  return { checks: [migrations, checkIntegrity(reader, size)], facts }
}

function checkIntegrity(reader: Db.Reader, size: number): Check {
  const name = 'integrity'
  if (size > CHECK_BYTES_MAX) return noted(name, `not checked, as ${bytes(size)} would take minutes`)
  const result = reader.sqlite.pragma('quick_check(1)', { simple: true })
  if (result === 'ok') return ok(name, 'every page of the file is sound')
  return broken(
    name,
    `the file is damaged (${String(result)})`,
    'stop Skillwatch and restore a backup, or move the file away to begin anew',
  )
}

function describeFailure(error: unknown): Check {
  const { kind, message, hint } = error as Partial<Db.DatabaseError>
  if (kind === undefined || hint === undefined || message === undefined) {
    return broken(
      'database',
      `cannot be read: ${message ?? String(error)}`,
      'run `npm ci` again with Node 24, then look again',
    )
  }
  const text = message.replace(`: ${hint}`, '')
  // Ingest makes the file when it starts; that it does not run is said elsewhere.
  return kind === 'missing' ? noted('database', text, hint) : broken('database', text, hint)
}
