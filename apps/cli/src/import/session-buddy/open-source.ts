import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../../errors.ts'
import { openDatabaseSource } from './database.ts'
import { openJsonSource } from './json-file.ts'
import type { Source } from './source.ts'

const SQLITE_MAGIC = 'SQLite format 3\0'

/**
 * Opens a database or JSON file of session-buddy; its first bytes decide which of the two it is.
 * @throws {CliError} when it is neither, with what to give instead
 */
export function openSource(path: string): Source {
  try {
    if (statSync(path).isDirectory())
      throw new CliError(`${path} is a folder: give the file${fileIn(path)}.`)
    return isSqlite(path) ? openDatabaseSource(path) : openJsonSource(path)
  } catch (error) {
    throw explainSourceError(path, error)
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

/** An error about the file at a path, with what to do. Errors of other kinds are returned as they are. */
export function explainSourceError(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (error instanceof CliError || code === undefined) return error
  const text = describe(path, code, (error as Error).message)
  return text === undefined ? error : new CliError(text, { cause: error })
}

function describe(path: string, code: string, message: string): string | undefined {
  if (code === 'ENOENT') return `${path} does not exist: give the path of skills.db or of a JSON file.`
  if (NEEDS_RECOVERY.has(code)) return `${path} ${UNFINISHED}.`
  if (code === 'SQLITE_BUSY')
    return `${path} is locked by the program that writes it: run the same command again when it is done.`
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return damaged(path, message)
  if (!code.startsWith('SQLITE_') && !code.startsWith('E')) return undefined
  return `${path} cannot be read: ${message}; check its permissions and its disk, or import a copy.`
}

const NEEDS_RECOVERY: ReadonlySet<string> = new Set([
  'SQLITE_CANTOPEN',
  'SQLITE_READONLY_ROLLBACK',
  'SQLITE_READONLY_RECOVERY',
])
const UNFINISHED =
  'was left in the middle of a change and cannot be read in place: copy it, with the files beside it that ' +
  'begin with its name, to a folder of your own and import that copy'

function damaged(path: string, message: string): string {
  const repair = `sqlite3 '${path.replaceAll("'", "'\\''")}' .recover | sqlite3 repaired.db`
  return (
    `${path} is damaged (${message}). Rows read before the damage are stored; for the rest ` +
    `repair a copy (\`${repair}\`) and import that: nothing is stored twice.`
  )
}
