import type BetterSqlite3 from 'better-sqlite3'
import type { CompiledQuery } from 'kysely'

const cache = new WeakMap<BetterSqlite3.Database, Map<string, BetterSqlite3.Statement<unknown[]>>>()

/**
 * Upper bound of cached statements per connection; queries with lists of varying length must not grow it
 * without end.
 */
const STATEMENTS_MAX = 500

/**
 * The prepared statement of a SQL text, prepared once per connection: Kysely's own driver prepares on every
 * call, which costs several times the insert itself.
 */
export function prepared(sqlite: BetterSqlite3.Database, sql: string): BetterSqlite3.Statement<unknown[]> {
  let statements = cache.get(sqlite)
  if (statements === undefined) {
    statements = new Map()
    cache.set(sqlite, statements)
  }
  let statement = statements.get(sql)
  if (statement === undefined) {
    if (statements.size >= STATEMENTS_MAX) statements.clear()
    statement = sqlite.prepare<unknown[]>(sql)
    statements.set(sql, statement)
  }
  return statement
}

/** All rows of a query that Kysely compiled, read at once. */
export function all<Row>(sqlite: BetterSqlite3.Database, query: CompiledQuery<Row>): Row[] {
  return prepared(sqlite, query.sql).all(...query.parameters) as Row[]
}

/** The same, each row as an array of its columns: for many rows, as objects take twice as long. */
export function allArrays<Row extends unknown[]>(
  sqlite: BetterSqlite3.Database,
  query: CompiledQuery<Row>,
): Row[] {
  return prepared(sqlite, query.sql)
    .raw()
    .all(...query.parameters) as Row[]
}

/** The first row of a query that Kysely compiled. */
export function first<Row>(sqlite: BetterSqlite3.Database, query: CompiledQuery<Row>): Row | undefined {
  return prepared(sqlite, query.sql).get(...query.parameters) as Row | undefined
}

/** Runs a statement that Kysely compiled. */
export function run(sqlite: BetterSqlite3.Database, query: CompiledQuery<unknown>): BetterSqlite3.RunResult {
  return prepared(sqlite, query.sql).run(...query.parameters)
}
