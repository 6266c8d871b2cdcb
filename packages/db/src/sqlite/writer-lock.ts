import BetterSqlite3 from 'better-sqlite3'
import { sqliteCode } from '../errors.ts'

/**
 * Held by the one process that writes a database; SQLite gives it up when that process ends, also after
 * `kill -9`.
 */
export interface WriterLock {
  /**
   * Whether the writer before closed the database. Otherwise the machine may have stopped in the middle of a
   * write.
   */
  readonly wasClosedCleanly: boolean
  /** Notes that the database was closed, where the disk has room for that, and gives the lock up. */
  close(): void
}

/** Kept in the lock file as `PRAGMA user_version`. */
const CLOSED_CLEANLY = 1

/** @throws an error of SQLite; `SQLITE_BUSY` when another process holds the lock */
export function takeWriterLock(databasePath: string): WriterLock {
  const sqlite = new BetterSqlite3(`${databasePath}-writer`, { timeout: 0 })
  try {
    // The lock of the first transaction is kept until the connection is closed.
    sqlite.pragma('locking_mode = exclusive')
    sqlite.exec('begin exclusive')
    const wasClosedCleanly = sqlite.pragma('user_version', { simple: true }) === CLOSED_CLEANLY
    sqlite.pragma('user_version = 0')
    sqlite.exec('commit')
    const close = () => {
      if (!sqlite.open) return
      try {
        sqlite.pragma(`user_version = ${CLOSED_CLEANLY}`)
      } catch {
        // The disk is full: the next start checks the file, as after an unclean stop.
      }
      sqlite.close()
    }
    return { wasClosedCleanly, close }
  } catch (error) {
    sqlite.close()
    throw error
  }
}

export function isHeldByOther(error: unknown): boolean {
  return sqliteCode(error)?.startsWith('SQLITE_BUSY') ?? false
}
