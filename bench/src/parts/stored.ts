import { findProject, openReader, recount, streamPosition } from '@skillwatch/db'

/** The only file of the bench that uses `@skillwatch/db`. */

export interface Stored {
  readonly calls: number
  readonly changes: number
}

/**
 * @throws {Error} unless so many calls are stored with so many changes, and every roll-up equals its recount
 */
export function demandStored(databaseUrl: string, expected: Stored): void {
  using reader = openReader(databaseUrl)
  const calls = reader.sqlite.prepare('select count(*) from skill_invocation').pluck().get()
  const { last_offset } = streamPosition(reader, findProject(reader, 'default')!.project_id)
  const differences = recount(reader, Date.now())
  if (calls === expected.calls && last_offset === expected.changes && differences.length === 0) return
  throw new Error(
    `${databaseUrl}: expected ${expected.calls} calls and ${expected.changes} changes; stored are ` +
      `${String(calls)} and ${last_offset}, and ${differences.length} roll-ups differ from their recount`,
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
