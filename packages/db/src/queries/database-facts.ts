import type { Reader } from '../sqlite/open.ts'

/** `quick` reads every page, `full` also compares tables with their indexes. */
export type IntegrityCheck = 'quick' | 'full'

/** How many invocations a database of any schema version holds; 0 when it has no table for them. */
export function countInvocations({ sqlite }: Reader): number {
  const table = sqlite.prepare("select 1 from sqlite_schema where name = 'skill_invocation'").get()
  if (table === undefined) return 0
  return sqlite.prepare<[], number>('select count(*) from skill_invocation').pluck().get()!
}

/**
 * The first damage that SQLite finds in the file, or undefined when it finds none. Takes minutes for
 * gigabytes.
 */
export function checkIntegrity({ sqlite }: Reader, check: IntegrityCheck): string | undefined {
  const pragma = check === 'quick' ? 'quick_check(1)' : 'integrity_check(1)'
  const result = String(sqlite.pragma(pragma, { simple: true }))
  return result === 'ok' ? undefined : result
}
