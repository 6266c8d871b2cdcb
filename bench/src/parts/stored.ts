import { openReader, recount } from '@skillwatch/db'
import BetterSqlite3 from 'better-sqlite3'

/** The only file of the bench that uses `@skillwatch/db`. */

export interface Stored {
  readonly calls: number
  /** Changes of calls in the log, without those of turns and uses. */
  readonly changes: number
}

/**
 * @throws {Error} unless so many calls are stored with so many changes, and every roll-up equals its recount
 */
export function demandStored(databaseUrl: string, expected: Stored): void {
  using reader = openReader(databaseUrl)
  const calls = reader.sqlite.prepare('select count(*) from skill_invocation').pluck().get()
  const changes = reader.sqlite.prepare('select count(*) from skill_change where entity = 0').pluck().get()
  const differences = recount(reader, Date.now())
  if (calls === expected.calls && changes === expected.changes && differences.length === 0) return
  throw new Error(
    `${databaseUrl}: expected ${expected.calls} calls and ${expected.changes} changes; stored are ` +
      `${String(calls)} and ${String(changes)}, and ${differences.length} roll-ups differ from their recount`,
  )
}

/** Calls of one session that have ended. */
export function countEnded(databaseUrl: string, sessionId: string): number {
  using reader = openReader(databaseUrl)
  return reader.sqlite
    .prepare("select count(*) from skill_invocation where session_id = ? and outcome = 'completed'")
    .pluck()
    .get(sessionId) as number
}

/** Calls of one session, as a reader of the file finds them. */
export function countCalls(path: string, sessionId: string): number {
  return readFile(path, (sqlite) =>
    sqlite
      .prepare('select count(*) from skill_invocation where session_id = ? and project_id = 1')
      .pluck()
      .get(sessionId),
  ) as number
}

/** Runs a question about the file itself on a connection that only reads. */
export function readFile<T>(path: string, read: (sqlite: BetterSqlite3.Database) => T): T {
  const sqlite = new BetterSqlite3(path, { readonly: true, fileMustExist: true })
  try {
    return read(sqlite)
  } finally {
    sqlite.close()
  }
}

/** Turns that are still to be derived. */
export function countPendingTurns(path: string): number {
  return readFile(path, (sqlite) =>
    sqlite.prepare('select count(*) from pending_turn').pluck().get(),
  ) as number
}
