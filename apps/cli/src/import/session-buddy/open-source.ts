import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../../errors.ts'
import { openDatabaseSource } from './database.ts'
import { openJsonSource } from './json-file.ts'
import type { Source } from './source.ts'

const SQLITE_MAGIC = 'SQLite format 3\0'

/**
 * Opens what session-buddy has left at a path; the first bytes tell what it is, not the name.
 * @throws {CliError} saying what to give instead
 */
export function openSource(path: string): Source {
  try {
    if (statSync(path).isDirectory())
      throw new CliError(`${path} is a folder: give the file${fileIn(path)}.`)
    return isSqlite(path) ? openDatabaseSource(path) : openJsonSource(path)
  } catch (error) {
    throw toldOfSource(path, error)
  }
}

function isSqlite(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(SQLITE_MAGIC.length)
    readSync(file, bytes, 0, bytes.length, 0)
    return bytes.toString('latin1') === SQLITE_MAGIC
  } finally {
    closeSync(file)
  }
}

function fileIn(folder: string): string {
  const names = [
    'skills.db',
    'skill_metrics.json',
    '.session-buddy/skills.db',
    '.session-buddy/skill_metrics.json',
  ]
  const found = names.map((name) => join(folder, name)).find((path) => existsSync(path))
  return found === undefined ? ', such as .session-buddy/skills.db' : ` ${found}`
}

/** What went wrong with the file at a path, in words that say what to do. */
export function toldOfSource(path: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (error instanceof CliError || code === undefined) return error
  if (code === 'ENOENT')
    return new CliError(`${path} does not exist: give the path of skills.db or of a JSON file.`)
  if (
    code === 'SQLITE_CANTOPEN' ||
    code === 'SQLITE_READONLY_ROLLBACK' ||
    code === 'SQLITE_READONLY_RECOVERY'
  ) {
    const hint =
      'copy it, with the files beside it that begin with its name, to a folder of your own and import that'
    return new CliError(`${path} was left in the middle of a change and cannot be read in place: ${hint}.`)
  }
  if (code === 'SQLITE_BUSY') {
    return new CliError(
      `${path} is locked by whoever writes it: run the same command again when it is done.`,
    )
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    const mend = `sqlite3 '${path.replaceAll("'", "'\\''")}' .recover | sqlite3 mended.db`
    const told = `${path} is damaged (${message}). What was read before the damage is stored; for the rest`
    return new CliError(`${told} mend a copy (\`${mend}\`) and import that: nothing is stored twice.`, {
      cause: error,
    })
  }
  if (code.startsWith('SQLITE_') || code.startsWith('E')) {
    const hint = 'look at its permissions and its disk, or copy it elsewhere and import the copy'
    return new CliError(`${path} cannot be read: ${message}; ${hint}.`, { cause: error })
  }
  return error
}
