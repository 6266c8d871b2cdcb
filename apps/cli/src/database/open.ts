import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseError, openReader, openWriter, type Reader, sqlitePath, type Writer } from '@skillwatch/db'
import { Option } from 'commander'
import type { CommandContext } from '../context.ts'
import { absoluteDatabaseUrl } from '../settings.ts'

/** `--database-url`, for commands that open the database file. */
export function databaseUrlOption({ settings }: CommandContext): Option {
  return new Option('--database-url <url>', 'the database (environment: SKILLWATCH_DATABASE_URL)')
    .argParser(absoluteDatabaseUrl)
    .default(settings.databaseUrl)
}

/**
 * Opens a database of any schema version for reading. One of the current version is opened read-only, so
 * ingest may run. An older one needs the writer's lock, which is free, as ingest would have migrated the
 * database.
 */
export function openAnyVersion(databaseUrl: string): Reader {
  try {
    return openReader(databaseUrl)
  } catch (error) {
    if (error instanceof DatabaseError && error.kind === 'older')
      return openWriter(databaseUrl, { integrityCheck: 'off' })
    throw error
  }
}

/**
 * Runs `read` on the database, or on a temporary empty one when it does not exist, so that no file is
 * created.
 */
export async function withExistingOrEmpty<T>(databaseUrl: string, read: (writer: Writer) => T): Promise<T> {
  if (existsSync(sqlitePath(databaseUrl))) {
    using writer = openWriter(databaseUrl, { integrityCheck: 'off' })
    return read(writer)
  }
  const folder = await mkdtemp(join(tmpdir(), 'skillwatch-'))
  try {
    using writer = openWriter(`sqlite:${join(folder, 'empty.db')}`)
    return read(writer)
  } finally {
    await rm(folder, { recursive: true })
  }
}
