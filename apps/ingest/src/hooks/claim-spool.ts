import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { databaseSpoolFolder } from '@skillwatch/client/spool'
import { lockFile, SPOOL_OWNER_FILE, spoolOwner } from '@skillwatch/db'
import { ConfigError } from '@skillwatch/service'

/** Holds the events of hooks over HTTP until they are committed. */
export const JOURNAL = 'hooks.journal'
/** Locked by the process that stores what is in the folder. */
export const SPOOL_LOCK = 'ingest.lock'

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

function demandOwnership(folder: string, databasePath: string): void {
  const owner = spoolOwner(folder) ?? databasePath
  if (owner !== databasePath)
    throw new ConfigError(
      `the spool ${folder} belongs to the database ${owner}: set INGEST_SPOOL_FOLDER to another folder, ` +
        `or delete ${join(folder, SPOOL_OWNER_FILE)} to store what is in it in ${databasePath}`,
    )
  writeFileSync(join(folder, SPOOL_OWNER_FILE), `${databasePath}\n`, { mode: 0o600 })
}
