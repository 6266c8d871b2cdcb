import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseError, openReader, openWriter, type Reader, sqlitePath, type Writer } from '@skillwatch/db'
import { Option } from 'commander'
import type { CommandContext } from '../context.ts'
import { absoluteDatabaseUrl } from '../settings.ts'

/** `--database-url`: for the commands that open the file themselves. */
export function databaseUrlOption({ settings }: CommandContext): Option {
  return new Option('--database-url <url>', 'the database (environment: SKILLWATCH_DATABASE_URL)')
    .argParser(absoluteDatabaseUrl)
    .default(settings.databaseUrl)
}

/**
 * Opens a database of any schema version to look at it. Current ones are only read, also beside ingest; an older one
 * needs the writer's lock, which nobody holds then, since ingest migrates before all else.
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

/** Runs `look` on the database, or on an empty one where there is none yet, so that looking makes no file. */
export async function withExistingOrEmpty<T>(databaseUrl: string, look: (writer: Writer) => T): Promise<T> {
  if (existsSync(sqlitePath(databaseUrl))) {
    using writer = openWriter(databaseUrl, { integrityCheck: 'off' })
    return look(writer)
  }
  const folder = await mkdtemp(join(tmpdir(), 'skillwatch-'))
  try {
    using writer = openWriter(`sqlite:${join(folder, 'empty.db')}`)
    return look(writer)
  } finally {
    await rm(folder, { recursive: true })
  }
}
