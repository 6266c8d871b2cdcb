import type BetterSqlite3 from 'better-sqlite3'

/** Rows of one run, the most first: what is left of a list is run with the next smaller number. */
const ROWS_PER_RUN = [64, 16, 4, 1] as const

/** Runs one statement for each row of values, in order. */
export type RunRows = (rows: readonly (readonly unknown[])[]) => void

/**
 * A statement that takes the values of many rows at once, prepared when it is first used: a run costs more
 * than what a small row costs in it.
 * @param width values of each row
 * @param sqlOf the statement with its rows, as `(?, ?), (?, ?)`
 */
export function manyRows(
  sqlite: BetterSqlite3.Database,
  width: number,
  sqlOf: (rows: string) => string,
): RunRows {
  const row = `(${new Array(width).fill('?').join(', ')})`
  const statements = new Map<number, BetterSqlite3.Statement<unknown[]>>()
  const statementOf = (rows: number) => {
    const statement = statements.get(rows) ?? sqlite.prepare(sqlOf(new Array(rows).fill(row).join(', ')))
    statements.set(rows, statement)
    return statement
  }
  return (rows) => {
    let next = 0
    for (const size of ROWS_PER_RUN) {
      for (; rows.length - next >= size; next += size) {
        statementOf(size).run(valuesOf(rows, next, next + size))
      }
    }
  }
}

/** The values of some rows, one after the other; `flat()` takes seven times as long. */
function valuesOf(rows: readonly (readonly unknown[])[], start: number, end: number): unknown[] {
  const values: unknown[] = []
  for (let index = start; index < end; index++) {
    for (const value of rows[index]!) values.push(value)
  }
  return values
}
