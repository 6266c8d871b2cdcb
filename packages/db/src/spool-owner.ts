import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { otherDatabases } from './sqlite/other-databases.ts'

/** In a spool whose name does not say it: the path of the database that it belongs to. */
export const SPOOL_OWNER_FILE = 'database.txt'

/** The name of the database of earlier versions when none was configured. */
const FORMER_DEFAULT = 'skillwatch.db'

/** The database that has chosen a folder as its spool; undefined when there is none that exists. */
export function spoolOwner(folder: string): string | undefined {
  const path = join(folder, SPOOL_OWNER_FILE)
  const owner = existsSync(path) ? readFileSync(path, 'utf8').trim() : ''
  return existsSync(owner) ? owner : undefined
}

/** The folder that earlier versions used as the spool of all databases beside it. */
export function formerSpoolFolder(databasePath: string): string {
  return join(dirname(databasePath), 'spool')
}

/**
 * The database that the former spool belongs to: the one that has chosen the folder, else the one with the
 * former default name, else the only one.
 * @returns undefined when it may be any of several
 */
export function formerSpoolOwner(databasePath: string): string | undefined {
  const owner = spoolOwner(formerSpoolFolder(databasePath))
  if (owner !== undefined) return owner
  const databases = [databasePath, ...otherDatabases(databasePath)]
  return databases.length === 1 ? databasePath : databases.find((path) => basename(path) === FORMER_DEFAULT)
}
