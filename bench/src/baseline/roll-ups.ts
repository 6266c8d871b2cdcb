import type { Row } from './rows.ts'
import { SQL } from './statements.ts'

/** One execution of a statement of the baseline. */
export interface Call {
  readonly sql: string
  readonly method: 'run' | 'get' | 'all'
  readonly parameters: readonly unknown[]
}

type Key = readonly (string | number)[]

/** What one row adds to one counted row of a roll-up; the first counter is the number of invocations. */
interface Part {
  readonly key: Key
  readonly counters: readonly number[]
}

/**
 * One roll-up table: the parameters of its `upsert` are project, key, counters and extremes in this order.
 */
interface RollUp {
  readonly upsert: string
  readonly deleteEmpty: string
  partsOf(row: Row): readonly Part[]
  /** Smallest and largest instant, for a table that keeps them. */
  readonly extremes?: {
    of(row: Row): readonly [number, number]
    /** Whether an extreme of before may be gone, so that both are read again. */
    areStale(before: Row, after: Row): boolean
    readonly reread: string
    readonly keyNames: readonly string[]
  }
}

/** Changes of the counters of one counted row in one transaction. */
interface Delta {
  readonly key: Key
  readonly counters: number[]
  first: number
  last: number
  isStale: boolean
}

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
const DURATION_BOUNDS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000,
  600_000, 1_800_000, 3_600_000,
]

const ROLL_UPS: readonly RollUp[] = [
  {
    upsert: SQL.upsertSkill,
    deleteEmpty: SQL.deleteEmptySkill,
    partsOf: (row) => [{ key: [row.kind, row.skill_name], counters: [...counts(row), ...sums(row)] }],
    extremes: {
      of: ({ invoked_at_ms }) => [invoked_at_ms, invoked_at_ms],
      areStale: (before, after) => before.invoked_at_ms !== after.invoked_at_ms,
      reread: SQL.rereadSkill,
      keyNames: ['kind', 'skill_name'],
    },
  },
  {
    upsert: SQL.upsertSession,
    deleteEmpty: SQL.deleteEmptySession,
    partsOf: (row) => [{ key: [row.session_id], counters: counts(row) }],
    extremes: {
      of: (row) => [row.invoked_at_ms, lastActiveAtMs(row)],
      areStale: (before, after) =>
        after.invoked_at_ms > before.invoked_at_ms || lastActiveAtMs(after) < lastActiveAtMs(before),
      reread: SQL.rereadSession,
      keyNames: ['session_id'],
    },
  },
  {
    upsert: SQL.upsertHour,
    deleteEmpty: SQL.deleteEmptyHour,
    partsOf: (row) => [
      {
        key: [row.kind, row.skill_name, floorTo(row.invoked_at_ms, HOUR_MS)],
        counters: [...counts(row), ...sums(row)],
      },
    ],
  },
  {
    upsert: SQL.upsertMinute,
    deleteEmpty: SQL.deleteEmptyMinute,
    partsOf: (row) => [
      { key: [floorTo(row.invoked_at_ms, MINUTE_MS), row.kind, row.skill_name], counters: counts(row) },
    ],
  },
  {
    upsert: SQL.upsertBucket,
    deleteEmpty: SQL.deleteEmptyBucket,
    partsOf: (row) =>
      (['execution', 'span'] as const).flatMap((measure) => {
        const durationMs = row[`${measure}_ms`]
        if (durationMs === null || row.outcome === 'running') return []
        return [{ key: [row.kind, row.skill_name, measure, durationBucket(durationMs)], counters: [1] }]
      }),
  },
  {
    upsert: SQL.upsertSessionSkill,
    deleteEmpty: SQL.deleteEmptySessionSkill,
    partsOf: (row) => [{ key: [row.session_id, row.kind, row.skill_name], counters: [1] }],
  },
  {
    upsert: SQL.upsertWitnessOutcome,
    deleteEmpty: SQL.deleteEmptyWitnessOutcome,
    partsOf: (row) =>
      row.witnesses.split(',').map((witness) => ({ key: [witness, row.outcome], counters: [1] })),
  },
  {
    upsert: SQL.upsertSessionWitness,
    deleteEmpty: SQL.deleteEmptySessionWitness,
    partsOf: (row) => [{ key: [row.session_id, row.kind, row.outcome, row.witnesses], counters: [1] }],
  },
]

/** The statements that bring all roll-ups up to date after the changes of one transaction. */
export function planRollUps(
  projectId: number,
  changes: readonly { before: Row | undefined; after: Row }[],
): Call[] {
  return ROLL_UPS.flatMap((rollUp) =>
    [...deltasOf(rollUp, changes).values()].flatMap((delta) => planDelta(rollUp, projectId, delta)),
  )
}

function deltasOf(rollUp: RollUp, changes: readonly { before: Row | undefined; after: Row }[]) {
  const deltas = new Map<string, Delta>()
  for (const { before, after } of changes) {
    if (before !== undefined) for (const part of rollUp.partsOf(before)) add(deltas, part, -1)
    for (const part of rollUp.partsOf(after)) widen(add(deltas, part, 1), rollUp, before, after)
  }
  return deltas
}

function add(deltas: Map<string, Delta>, { key, counters }: Part, sign: 1 | -1): Delta {
  const id = key.join('\0')
  const delta = deltas.get(id) ?? newDelta(key, counters.length)
  deltas.set(id, delta)
  counters.forEach((counter, index) => {
    // Sums of durations are whole microseconds; rounding at each step keeps them exact.
    delta.counters[index] = Math.round((delta.counters[index]! + sign * counter) * 1000) / 1000
  })
  return delta
}

function newDelta(key: Key, length: number): Delta {
  const counters = new Array<number>(length).fill(0)
  return { key, counters, first: Number.MAX_SAFE_INTEGER, last: Number.MIN_SAFE_INTEGER, isStale: false }
}

function widen(delta: Delta, { extremes }: RollUp, before: Row | undefined, after: Row): void {
  if (extremes === undefined) return
  const [first, last] = extremes.of(after)
  delta.first = Math.min(delta.first, first)
  delta.last = Math.max(delta.last, last)
  delta.isStale ||= before !== undefined && extremes.areStale(before, after)
}

function planDelta({ upsert, deleteEmpty, extremes }: RollUp, projectId: number, delta: Delta): Call[] {
  const key = [projectId, ...delta.key]
  const calls: Call[] = []
  const run = (sql: string, parameters: readonly unknown[]) => calls.push({ sql, method: 'run', parameters })
  if (extremes !== undefined) run(upsert, [...key, ...delta.counters, delta.first, delta.last])
  else if (delta.counters.some((counter) => counter !== 0)) run(upsert, [...key, ...delta.counters])
  if (delta.counters[0]! <= 0) run(deleteEmpty, key)
  if (extremes !== undefined && delta.isStale)
    run(extremes.reread, [named(projectId, extremes.keyNames, delta)])
  return calls
}

function named(projectId: number, names: readonly string[], { key }: Delta) {
  return { project_id: projectId, ...Object.fromEntries(names.map((name, index) => [name, key[index]])) }
}

function counts({ outcome }: Row): number[] {
  const is = (each: string) => (outcome === each ? 1 : 0)
  return [1, is('running'), is('completed'), is('failed'), 0, 0]
}

function sums({ outcome, execution_ms, span_ms }: Row): number[] {
  return [execution_ms, span_ms].flatMap((ms) => (outcome === 'running' || ms === null ? [0, 0] : [1, ms]))
}

function lastActiveAtMs({ invoked_at_ms, ended_at_ms }: Row): number {
  return Math.max(invoked_at_ms, ended_at_ms ?? 0)
}

/** Index of the first bound that is not below the duration. */
export function durationBucket(durationMs: number): number {
  const index = DURATION_BOUNDS_MS.findIndex((bound) => durationMs <= bound)
  return index === -1 ? DURATION_BOUNDS_MS.length : index
}

function floorTo(instantMs: number, unitMs: number): number {
  return Math.floor(instantMs / unitMs) * unitMs
}
