import type * as Db from '@skillwatch/db'
import { broken, type Check, noted, ok } from './check.ts'
import { bytes } from './units.ts'

/** Checking a larger file takes minutes, so a quick check skips it. */
const QUICK_CHECK_BYTES_MAX = 2 * 1024 ** 3

/** What other checks need to know about the database. */
export interface DatabaseFacts {
  readonly path: string
  readonly position: { epoch: string; offset: number } | undefined
}

export interface DatabaseReport {
  readonly checks: readonly Check[]
  readonly facts: DatabaseFacts | undefined
}

/** Checks the database file. It only reads, so ingest may run meanwhile. */
export async function checkDatabase(
  databaseUrl: string,
  thoroughness: Db.IntegrityCheck,
): Promise<DatabaseReport> {
  try {
    // Imported here, as a database driver that cannot be loaded is a finding too.
    const db = await import('@skillwatch/db')
    using reader = db.openReader(databaseUrl)
    const checks = [checkMigrations(db, reader), checkFile(db, reader, thoroughness)]
    return { checks, facts: readFacts(db, reader) }
  } catch (error) {
    return { checks: [describeFailure(error)], facts: undefined }
  }
}

function readFacts(db: typeof Db, reader: Db.Reader): DatabaseFacts {
  const project = db.findProject(reader, 'default')
  const stream = project && db.streamPosition(reader, project.project_id)
  return { path: reader.path, position: stream && { epoch: stream.epoch, offset: stream.last_offset } }
}

function checkMigrations(db: typeof Db, reader: Db.Reader): Check {
  const applied = db.migrationStatus(reader).filter((step) => step.applied_at_ms !== undefined)
  const version = Math.max(0, ...applied.map((step) => step.version))
  const problems = db.validateMigrations(reader)
  if (problems.length === 0) {
    const size = bytes(db.databaseBytes(reader))
    return ok('database', `${reader.path}, ${size}, schema version ${version}, as this program expects`)
  }
  return broken(
    'database',
    `${reader.path}: ${problems.join('; ')}`,
    'use the version of Skillwatch that created it, or restore a backup',
  )
}

function checkFile(db: typeof Db, reader: Db.Reader, thoroughness: Db.IntegrityCheck): Check {
  const name = 'integrity'
  const size = db.databaseBytes(reader)
  if (thoroughness === 'quick' && size > QUICK_CHECK_BYTES_MAX)
    return noted(name, `not checked, as ${bytes(size)} take minutes`, 'run `skillwatch doctor --full`')
  const damage = db.checkIntegrity(reader, thoroughness)
  if (damage === undefined) return ok(name, 'no page of the file is damaged')
  return broken(
    name,
    `the file is damaged (${damage})`,
    'stop Skillwatch and restore a backup, or move the file away to start with an empty one',
  )
}

function describeFailure(error: unknown): Check {
  const { kind, message, hint } = error as Partial<Db.DatabaseError>
  if (kind === undefined || hint === undefined || message === undefined) {
    return broken(
      'database',
      `cannot be read: ${message ?? String(error)}`,
      'run `npm ci` with Node 24, then run doctor again',
    )
  }
  const text = message.replace(`: ${hint}`, '')
  // Ingest creates the file when it starts. Another check reports that ingest does not run.
  return kind === 'missing' ? noted('database', text, hint) : broken('database', text, hint)
}
