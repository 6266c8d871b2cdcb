import type { CountedRow } from './declarations.ts'
import type { Extreme, Key, RollUp, RollUpTable } from './roll-up.ts'

/** What a group of changes adds to one row of a roll-up. */
export interface Delta {
  readonly key: Key
  /**
   * Added to the counters, in their order; negative values take back what an earlier version of a row had
   * added.
   */
  readonly sums: number[]
  /** Of roll-ups that only grow: what was deleted, beside the counters. */
  readonly deleted: number[]
  /** The extremes of what was added, in their order. */
  readonly reached: number[]
  /** The extremes of what was taken back. One that equals the stored value must be read from the rows. */
  readonly lost: number[]
}

/** All changes of roll-ups of one project that one group of changes causes, by roll-up and by key. */
export type RollUpDeltas<Row> = ReadonlyMap<RollUp<Row>, Map<string, Delta>>

export function emptyDeltas<Row>(rollUps: readonly RollUp<Row>[]): RollUpDeltas<Row> {
  return new Map(rollUps.map((rollUp) => [rollUp, new Map()]))
}

/**
 * Adds what a change of an invocation changes.
 * @param countedBefore the live series that counted the row before, where that is not the one of `before`: a
 * row that replaces another one takes over its count
 */
export function addInvocationChange(
  deltas: RollUpDeltas<CountedRow>,
  before: CountedRow | undefined,
  after: CountedRow | undefined,
  countedBefore: number | null | undefined = before?.live_series_id,
): void {
  const isCountedAsBefore = (countedBefore ?? null) === (after?.live_series_id ?? null)
  for (const [rollUp, all] of deltas) {
    if (!(rollUp.onlyGrows && isCountedAsBefore)) changePart(rollUp, all, before, after)
  }
}

/** Adds what a change of any other row changes. */
export function addRowChange<Row>(
  deltas: RollUpDeltas<Row>,
  before: Row | undefined,
  after: Row | undefined,
): void {
  for (const [rollUp, all] of deltas) changePart(rollUp, all, before, after)
}

/** Adds the part of the version after the change, minus the part of the one before. */
function changePart<Row>(
  rollUp: RollUp<Row>,
  all: Map<string, Delta>,
  before: Row | undefined,
  after: Row | undefined,
): void {
  if (before !== undefined && after !== undefined && readsSame(rollUp, before, after)) return
  const was = before && partOf(rollUp, before)
  const is = after && partOf(rollUp, after)
  if (was !== undefined && is !== undefined && isSamePart(was, is)) return
  if (was !== undefined) takeBack(rollUp, all, was, is)
  if (is !== undefined) add(rollUp, all, is)
}

function readsSame<Row>({ reads }: RollUp<Row>, before: Row, after: Row): boolean {
  return reads.every((column) => before[column] === after[column])
}

/** What one version of a row adds to a roll-up: to which keys, how much, and its extremes. */
interface Part {
  readonly keys: readonly Key[]
  readonly values: readonly number[]
  readonly extremes: readonly number[]
}

function partOf<Row>(rollUp: RollUp<Row>, row: Row): Part {
  return { keys: rollUp.keysOf(row), values: rollUp.valuesOf(row), extremes: rollUp.extremesOf(row) }
}

function isSamePart(a: Part, b: Part): boolean {
  return (
    a.keys.length === b.keys.length &&
    a.keys.every((key, index) => areEqual(key, b.keys[index]!)) &&
    areEqual(a.values, b.values) &&
    areEqual(a.extremes, b.extremes)
  )
}

function areEqual(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.every((value, index) => value === b[index])
}

function add(rollUp: RollUpTable, all: Map<string, Delta>, { keys, values, extremes }: Part): void {
  for (const key of keys) {
    const { sums, reached } = deltaOf(rollUp, all, key)
    addTo(sums, values, 1)
    rollUp.extremes.forEach((extreme, index) => {
      reached[index] = outer(extreme, reached[index]!, extremes[index]!)
    })
  }
}

function takeBack(rollUp: RollUpTable, all: Map<string, Delta>, was: Part, is: Part | undefined): void {
  for (const key of was.keys) {
    const { sums, deleted, lost } = deltaOf(rollUp, all, key)
    if (rollUp.onlyGrows) addTo(deleted, was.values, 1)
    else addTo(sums, was.values, -1)
    const staysCounted = is?.keys.some((each) => areEqual(each, key)) ?? false
    rollUp.extremes.forEach((extreme, index) => {
      const value = was.extremes[index]!
      const staysReached =
        staysCounted && outer(extreme, is!.extremes[index]!, value) === is!.extremes[index]
      if (!staysReached) lost[index] = outer(extreme, lost[index]!, value)
    })
  }
}

function deltaOf(rollUp: RollUpTable, all: Map<string, Delta>, key: Key): Delta {
  const id = keyText(key)
  const known = all.get(id)
  if (known !== undefined) return known
  const delta = emptyDelta(rollUp, key)
  all.set(id, delta)
  return delta
}

export function emptyDelta({ counters, extremes, onlyGrows }: RollUpTable, key: Key): Delta {
  const farthest = extremes.map(({ of }) => (of === 'min' ? Infinity : -Infinity))
  return {
    key,
    sums: counters.map(() => 0),
    deleted: onlyGrows ? counters.map(() => 0) : [],
    reached: farthest,
    lost: [...farthest],
  }
}

/** Names cannot hold control characters, so NUL keeps the parts of a key apart. */
export function keyText(key: Key): string {
  let text = String(key[0])
  for (let index = 1; index < key.length; index++) text += `\0${key[index]}`
  return text
}

function outer({ of }: Extreme, a: number, b: number): number {
  return of === 'min' ? Math.min(a, b) : Math.max(a, b)
}

/** Every addend is a whole number of microseconds, so rounding at each step keeps the sums exact. */
function addTo(sums: number[], values: readonly number[], sign: 1 | -1): void {
  for (let index = 0; index < sums.length; index++) {
    const value = values[index]!
    if (value !== 0) sums[index] = Math.round((sums[index]! + sign * value) * 1000) / 1000
  }
}
