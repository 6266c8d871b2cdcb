import { readFileSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import { Planner } from './plan.ts'
import type { Call } from './roll-ups.ts'
import type { Report } from './rows.ts'
import { PRAGMAS } from './statements.ts'

export const SCHEMA = readFileSync(new URL('./schema.sql', import.meta.url), 'utf8')

/**
 * A database of the frozen schema, on which the frozen statements run: nothing of ours but better-sqlite3.
 */
export interface BaselineDatabase extends Disposable {
  readonly sqlite: BetterSqlite3.Database
  /**
   * Prepares one transaction that stores the reports; it is done when the function that it returns is
   * called.
   */
  prepare(reports: readonly Report[], nowMs: number): () => void
  /** @throws {Error} unless as many calls and changes are stored */
  demand(stored: { calls: number; changes: number }): void
}

export function openBaseline(path: string): BaselineDatabase {
  const sqlite = new BetterSqlite3(path)
  for (const pragma of PRAGMAS) sqlite.pragma(pragma)
  sqlite.exec(SCHEMA)
  sqlite.exec(
    `insert into project (project_id, name, hash_key, created_at_ms) values (1, 'default', x'00', 0)`,
  )
  sqlite.exec(
    `insert into stream (project_id, epoch, last_offset, oldest_offset) values (1, 'baseline', 0, 0)`,
  )
  const planner = new Planner()
  const replay = createReplay(sqlite)
  return {
    sqlite,
    prepare(reports, nowMs) {
      const calls = planner.plan(reports, nowMs)
      return () => replay(calls)
    },
    demand: (expected) => demandStored(sqlite, expected),
    [Symbol.dispose]: () => void sqlite.close(),
  }
}

function createReplay(sqlite: BetterSqlite3.Database): (calls: readonly Call[]) => void {
  const statements = new Map<string, BetterSqlite3.Statement<unknown[]>>()
  const statementOf = (sql: string) => {
    const statement = statements.get(sql) ?? sqlite.prepare<unknown[]>(sql)
    statements.set(sql, statement)
    return statement
  }
  const transaction = sqlite.transaction((calls: readonly Call[]) => {
    for (const { sql, method, parameters } of calls) statementOf(sql)[method](...parameters)
  })
  return (calls) => transaction.immediate(calls)
}

function demandStored(sqlite: BetterSqlite3.Database, expected: { calls: number; changes: number }): void {
  const read = (sql: string) => sqlite.prepare(sql).pluck().get()
  const calls = read('select count(*) from skill_invocation')
  const counted = read('select sum(invocation_count) from skill_metrics')
  const changes = read('select last_offset from stream')
  if (calls === expected.calls && counted === expected.calls && changes === expected.changes) return
  throw new Error(
    `expected ${expected.calls} calls and ${expected.changes} changes in the baseline; ` +
      `stored are ${String(calls)}, counted ${String(counted)}, with ${String(changes)} changes`,
  )
}
