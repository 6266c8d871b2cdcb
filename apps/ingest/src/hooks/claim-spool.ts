import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { databaseSpoolFolder } from '@skillwatch/client/spool'
import { lockFile } from '@skillwatch/db'
import { ConfigError } from '@skillwatch/service'

/** Holds the events of hooks over HTTP until they are committed. */
export const JOURNAL = 'hooks.journal'
/** Locked by the process that stores what is in the folder. */
export const SPOOL_LOCK = 'ingest.lock'
/** Contains the path of the database that the folder belongs to, where its name does not say that. */
const OWNER = 'database.txt'

/**
 * Makes a spool this process's alone, until it is disposed or the process ends.
 * @throws {ConfigError} when another process stores what is in it, or it belongs to another database
 */
export function claimSpool(folder: string, databasePath: string): Disposable {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = lockFile(join(folder, SPOOL_LOCK))
  if (lock === undefined)
    throw new ConfigError(
      `another ingest uses the spool ${folder}: stop it, or set INGEST_SPOOL_FOLDER to another folder`,
    )
  try {
    if (folder !== databaseSpoolFolder(databasePath)) demandOwnership(folder, databasePath)
  } catch (error) {
    lock[Symbol.dispose]()
    throw error
  }
  return lock
}

/** The database that a folder of any name belongs to; undefined when that is none that exists. */
export function ownerOf(folder: string): string | undefined {
  const path = join(folder, OWNER)
  const owner = existsSync(path) ? readFileSync(path, 'utf8').trim() : ''
  return existsSync(owner) ? owner : undefined
}

function demandOwnership(folder: string, databasePath: string): void {
  const owner = ownerOf(folder) ?? databasePath
  if (owner !== databasePath)
    throw new ConfigError(
      `the spool ${folder} belongs to the database ${owner}: set INGEST_SPOOL_FOLDER to another folder, ` +
        `or delete ${join(folder, OWNER)} to store what is in it in ${databasePath}`,
    )
  writeFileSync(join(folder, OWNER), `${databasePath}\n`, { mode: 0o600 })
}
