export type Key = readonly (string | number)[]

/** The smallest or largest of some columns over the invocations of a key. */
export interface Extreme {
  readonly column: string
  readonly of: 'min' | 'max'
  readonly from: readonly ('invoked_at_ms' | 'ended_at_ms')[]
}

/** The table of a roll-up. Its statements, the recount and its repair follow from this. */
export interface RollUpTable {
  readonly table: string
  /** The table whose rows it counts. */
  readonly source: 'skill_invocation' | 'api_request' | 'skill_use'
  /** The columns of its key, after `project_id` where the table has one. */
  readonly key: readonly string[]
  readonly isKeyedByProject: boolean
  readonly counters: readonly string[]
  readonly extremes: readonly Extreme[]
  /** Counters for Prometheus never fall: what is deleted is added to `deleted_…` columns beside them. */
  readonly onlyGrows?: true
  /** Rows are kept for this long only. */
  readonly keptMs?: number
}

/** One roll-up: its table, and what one row of what it counts adds to it. Its deltas follow from this. */
export interface RollUp<Row> extends RollUpTable {
  /** The columns of a row that it reads: a change of others changes nothing. */
  readonly reads: readonly (keyof Row)[]
  /** The keys that a row counts for. */
  readonly keysOf: (row: Row) => readonly Key[]
  /** What it adds to each counter, in their order; more values than counters are ignored. */
  readonly valuesOf: (row: Row) => readonly number[]
  /** The values that it offers for the extremes, in their order. */
  readonly extremesOf: (row: Row) => readonly number[]
}
