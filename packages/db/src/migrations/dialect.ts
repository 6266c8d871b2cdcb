/** The words in which SQLite and PostgreSQL differ, so that one migration serves both. */
export interface SqlDialect {
  readonly name: 'sqlite' | 'postgres'
  /** Key column that the database fills. */
  readonly autoKey: string
  /** The same, and the key of a row that was deleted is never given again. */
  readonly neverReusedKey: string
  /** 64-bit integer. */
  readonly integer: string
  /** 64-bit floating point. */
  readonly real: string
  readonly blob: string
  /** Ends a `create table`. */
  readonly table: string
  /** Ends a `create table` whose only access is by its primary key. */
  readonly keyedTable: string
}

export const SQLITE: SqlDialect = {
  name: 'sqlite',
  autoKey: 'integer primary key',
  neverReusedKey: 'integer primary key autoincrement',
  integer: 'integer',
  real: 'real',
  blob: 'blob',
  table: 'strict',
  keyedTable: 'strict, without rowid',
}

/** One step of the schema. Merged migrations are never edited: their SQL is checksummed. */
export interface Migration {
  readonly version: number
  readonly name: string
  up(dialect: SqlDialect): string[]
  down(dialect: SqlDialect): string[]
}
