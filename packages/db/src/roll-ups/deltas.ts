import { type CountedRow, type Extreme, extremeOf, type Key, ROLL_UPS, type RollUp } from './declarations.ts'

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

/** All changes of all roll-ups of one project that one group of changes causes, by roll-up and by key. */
export type RollUpDeltas = ReadonlyMap<RollUp, Map<string, Delta>>

export function emptyDeltas(): RollUpDeltas {
  return new Map(ROLL_UPS.map((rollUp) => [rollUp, new Map()]))
}

/**
 * Adds what a change of a row changes: the part of the version after it minus the part of the one before.
 * @param countedBefore the live series that counted the row before, where that is not the one of `before`: a
 * row that replaces another one takes over its count
 */
export function addRowChange(
  deltas: RollUpDeltas,
  before: CountedRow | undefined,
  after: CountedRow | undefined,
  countedBefore: number | null | undefined = before?.live_series_id,
): void {
  const isCountedAsBefore = (countedBefore ?? null) === (after?.live_series_id ?? null)
  for (const [rollUp, all] of deltas) {
    if (rollUp.onlyGrows && isCountedAsBefore) continue
    if (before !== undefined) takeBack(rollUp, all, before, after)
    if (after !== undefined) add(rollUp, all, after)
  }
}

function add(rollUp: RollUp, all: Map<string, Delta>, row: CountedRow): void {
  const values = rollUp.valuesOf(row)
  for (const key of rollUp.keysOf(row)) {
    const { sums, reached } = deltaOf(rollUp, all, key)
    addTo(sums, values, 1)
    rollUp.extremes.forEach((extreme, index) => {
      reached[index] = outer(extreme, reached[index]!, extremeOf(extreme, row))
    })
  }
}

function takeBack(
  rollUp: RollUp,
  all: Map<string, Delta>,
  row: CountedRow,
  after: CountedRow | undefined,
): void {
  const values = rollUp.valuesOf(row)
  for (const key of rollUp.keysOf(row)) {
    const { sums, deleted, lost } = deltaOf(rollUp, all, key)
    if (rollUp.onlyGrows) addTo(deleted, values, 1)
    else addTo(sums, values, -1)
    rollUp.extremes.forEach((extreme, index) => {
      if (!staysReached(rollUp, extreme, key, row, after)) {
        lost[index] = outer(extreme, lost[index]!, extremeOf(extreme, row))
      }
    })
  }
}

/** Whether the new version of a row counts for the same key and reaches at least as far out. */
function staysReached(
  rollUp: RollUp,
  extreme: Extreme,
  key: Key,
  before: CountedRow,
  after: CountedRow | undefined,
): boolean {
  if (after === undefined || !rollUp.keysOf(after).some((each) => isSameKey(each, key))) return false
  const value = extremeOf(extreme, after)
  return outer(extreme, value, extremeOf(extreme, before)) === value
}

function deltaOf(rollUp: RollUp, all: Map<string, Delta>, key: Key): Delta {
  const id = keyText(key)
  const known = all.get(id)
  if (known !== undefined) return known
  const delta = emptyDelta(rollUp, key)
  all.set(id, delta)
  return delta
}

export function emptyDelta({ counters, extremes, onlyGrows }: RollUp, key: Key): Delta {
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
  return key.length === 1 ? String(key[0]) : key.join('\0')
}

function isSameKey(a: Key, b: Key): boolean {
  return a.every((part, index) => part === b[index])
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
