import type { RollUpCorrection } from './repair.ts'
import { ALL_ROLL_UPS } from './roll-ups/all.ts'
import { keyColumns } from './roll-ups/apply.ts'
import { type Counted, countAll } from './roll-ups/count-all.ts'
import { oldestMinute } from './roll-ups/declarations.ts'
import { type Delta, keyText } from './roll-ups/deltas.ts'
import type { RollUpTable } from './roll-ups/roll-up.ts'
import { type Reader, snapshot } from './sqlite/open.ts'
import { compareTurns, type TurnDifference } from './turns/compare-turns.ts'

/** A row of a roll-up that is not what counting gives. A side is undefined when it has no such row. */
export interface Difference {
  table: string
  key: Record<string, unknown>
  stored: Record<string, unknown> | undefined
  counted: Record<string, unknown> | undefined
}

export interface RecountOptions {
  /** Called now and then with the number of invocations that were counted so far. */
  readonly onProgress?: (rows: number) => void
}

/** A list of differences names at most so many of each table. */
const LISTED_MAX = 100

/**
 * Counts every roll-up from the rows and compares (R6); derives every turn and use again; also looks for
 * holes of the change log (R5). Reads one snapshot, so it may run beside a writer. Its cost follows history:
 * it is for proofs and repairs, not for requests.
 * @returns the differences, none when everything agrees; each table names at most 100
 */
export function recount(reader: Reader, nowMs: number, options: RecountOptions = {}): Difference[] {
  return snapshot(reader, () => [
    ...compareAll(reader, nowMs, options)
      .map(({ difference }) => difference)
      .filter(firstOfTable()),
    ...[...compareTurns(reader)].filter(firstOfTable()),
    ...holesOfChangeLog(reader),
  ])
}

/**
 * The corrections that make every roll-up, turn and use equal to its recount. What is recorded after the
 * snapshot changes what is stored and what would be counted alike, so a correction stays right however late
 * it is applied.
 */
export function corrections(reader: Reader, nowMs: number, options: RecountOptions = {}): Corrections {
  return snapshot(reader, () => ({
    rollUps: compareAll(reader, nowMs, options).map(({ correction }) => correction),
    turns: [...compareTurns(reader)].map(({ table, projectId, mark }) => ({ table, projectId, mark })),
  }))
}

/** What makes stored sums and turns equal to their recount. */
export interface Corrections {
  readonly rollUps: readonly RollUpCorrection[]
  /** What is to be derived again. */
  readonly turns: readonly Pick<TurnDifference, 'table' | 'projectId' | 'mark'>[]
}

interface Finding {
  readonly difference: Difference
  readonly correction: RollUpCorrection
}

function compareAll(reader: Reader, nowMs: number, options: RecountOptions): Finding[] {
  const counted = countAll(reader, options.onProgress)
  return ALL_ROLL_UPS.flatMap((rollUp) => compare(reader, rollUp, counted.get(rollUp)!, nowMs))
}

/** A row of a roll-up's table: the columns of its key, and numbers. */
type StoredRow = Readonly<Record<string, string | number>>

/** Compares one table, row by row: those that are stored, then those that should be. */
function compare({ sqlite }: Reader, rollUp: RollUpTable, counted: Counted, nowMs: number): Finding[] {
  const isKept = (key: Delta['key']) =>
    rollUp.keptMs === undefined || (key[0] as number) >= oldestMinute(nowMs)
  const expected = new Map<string, { projectId: number; delta: Delta }>()
  for (const [projectId, deltas] of counted) {
    for (const [id, delta] of deltas) {
      if (isKept(delta.key))
        expected.set(rollUp.isKeyedByProject ? `${projectId}\0${id}` : id, { projectId, delta })
    }
  }
  const findings: Finding[] = []
  for (const row of sqlite.prepare<[], StoredRow>(`select * from ${rollUp.table}`).iterate()) {
    const key = rollUp.key.map((column) => row[column]!)
    if (!isKept(key)) continue
    const id = keyText(rollUp.isKeyedByProject ? [row.project_id!, ...key] : key)
    const stored = storedValues(rollUp, row as Record<string, number>)
    const should = expected.get(id)
    expected.delete(id)
    const projectId = (row.project_id as number | undefined) ?? should?.projectId ?? 0
    if (should === undefined && rollUp.onlyGrows && stored[0] === 0) continue
    if (should === undefined || !areEqual(stored, valuesOf(should.delta))) {
      findings.push(toFinding(rollUp, projectId, key, stored, should?.delta))
    }
  }
  for (const { projectId, delta } of expected.values()) {
    findings.push(toFinding(rollUp, projectId, delta.key, undefined, delta))
  }
  return findings
}

/** Counters without what was deleted, then extremes. */
function storedValues(
  { counters, extremes, onlyGrows }: RollUpTable,
  row: Record<string, number>,
): number[] {
  const counts = counters.map((counter) =>
    onlyGrows ? Math.round((row[counter]! - row[`deleted_${counter}`]!) * 1000) / 1000 : row[counter]!,
  )
  return [...counts, ...extremes.map(({ column }) => row[column]!)]
}

function valuesOf({ sums, reached }: Delta): number[] {
  return [...sums, ...reached]
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, index) => value === b[index])
}

function toFinding(
  rollUp: RollUpTable,
  projectId: number,
  key: Delta['key'],
  stored: readonly number[] | undefined,
  counted: Delta | undefined,
): Finding {
  const names = [...rollUp.counters, ...rollUp.extremes.map(({ column }) => column)]
  const named = (values: readonly number[]) =>
    Object.fromEntries(names.map((name, index) => [name, values[index]]))
  const keyed = rollUp.isKeyedByProject ? [projectId, ...key] : key
  const sums = rollUp.counters.map(
    (_, index) => Math.round(((counted?.sums[index] ?? 0) - (stored?.[index] ?? 0)) * 1000) / 1000,
  )
  return {
    difference: {
      table: rollUp.table,
      key: Object.fromEntries(keyColumns(rollUp).map((column, index) => [column, keyed[index]])),
      stored: stored && named(stored),
      counted: counted && named(valuesOf(counted)),
    },
    correction: { table: rollUp.table, projectId, key, sums },
  }
}

function firstOfTable(): (difference: Difference) => boolean {
  const counts = new Map<string, number>()
  return ({ table }) => {
    const count = (counts.get(table) ?? 0) + 1
    counts.set(table, count)
    return count <= LISTED_MAX
  }
}

/** A dense log holds as many changes as there are offsets between its ends (R5). */
function holesOfChangeLog({ sqlite }: Reader): Difference[] {
  const streams = sqlite
    .prepare<[], Record<'project_id' | 'last_offset' | 'oldest_offset' | 'counted', number>>(
      `select s.project_id, s.last_offset, s.oldest_offset,
        (select count(*) from skill_change c where c.project_id = s.project_id) as counted
      from stream s`,
    )
    .all()
  return streams.flatMap(({ project_id, last_offset, oldest_offset, counted }) => {
    const changes = last_offset - oldest_offset + 1
    if (changes === counted) return []
    return {
      table: 'stream',
      key: { project_id },
      stored: { last_offset, changes },
      counted: counted === 0 ? undefined : { changes: counted },
    }
  })
}
