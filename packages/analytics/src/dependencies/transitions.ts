import { median } from 'simple-statistics'
import { type Answer, notEnough } from '../answer.ts'
import { fisherGreater } from '../distributions/fisher.ts'
import { qValues } from '../rates/false-discovery.ts'

/** One call of a session or turn. */
export interface SequencedCall {
  readonly skill: string
  readonly started_at_ms: number
  /** Null when the end is unknown; gaps then begin at the start. */
  readonly ended_at_ms: number | null
}

/** One skill that is called next after another one; from b to a is a transition of its own. */
export interface Transition {
  readonly from: string
  readonly to: string
  /** How often `to` was the next call after `from`. */
  readonly count: number
  /** In how many units. */
  readonly units: number
  /** How often any call followed `from`. */
  readonly fromCount: number
  /** How often `to` followed any call. */
  readonly toCount: number
  /** count / fromCount */
  readonly share: number
  /** The share of `to` after `from`, divided by its share after any call, each once per unit. */
  readonly lift: number
  /** The median time from the end of `from` to the start of `to`, in milliseconds; 0 when they overlap. */
  readonly medianGapMs: number
  /**
   * That `to` follows `from` this often by chance: Fisher's one-sided test, each transition once per unit.
   */
  readonly p: number
  /** By Benjamini and Hochberg over all pairs that could have occurred in five units. */
  readonly q: number
}

export interface Transitions {
  readonly unit: 'session' | 'turn'
  /** Different transitions, each once per unit. */
  readonly all: number
  /** Those of at least five units, by q and names. */
  readonly transitions: readonly Transition[]
}

export const TRANSITIONS_MIN = 50
const UNITS_MIN = 5

/**
 * What is called next after what (a first-order Markov chain: Anderson & Goodman, Annals of Mathematical
 * Statistics 28, 1957, 89-110), with the directions apart. Needs 50 transitions, and 5 units for each. A
 * loop inside of one unit counts once in the test, as its rounds are not independent.
 * @param units the calls of each session or turn, in any order; calls that start together are ordered by
 * name
 */
export function transitions(
  units: Iterable<readonly SequencedCall[]>,
  unit: Transitions['unit'],
): Answer<Transitions> {
  const { pairs, from, to, all } = countTransitions(units)
  if (all < TRANSITIONS_MIN) return notEnough('transitions', all, TRANSITIONS_MIN)
  const untested = pairs.map((pair) => toTransition(pair, from.get(pair.from)!, to.get(pair.to)!, all))
  const q = qValues(
    untested.map(({ p }) => p),
    frequent(from) * frequent(to),
  )
  const tested = untested.map((each, i) => ({ ...each, q: q[i]! }))
  tested.sort((x, y) => x.q - y.q || x.p - y.p || compare(x.from, y.from) || compare(x.to, y.to))
  return { enough: true, unit, all, transitions: tested }
}

/** One call after another one. Units are numbered in the order in which they are read. */
interface Following {
  readonly to: string
  readonly unit: number
  readonly gapMs: number
}

interface CountedPair {
  readonly from: string
  readonly to: string
  readonly gapsMs: number[]
  units: number
  lastUnit: number
}

/** Transitions from or to a skill: each once per unit, and all of them. */
interface Margin {
  units: number
  count: number
}

function toTransition(
  { from, to, gapsMs, units }: CountedPair,
  ofFrom: Margin,
  ofTo: Margin,
  all: number,
): Omit<Transition, 'q'> {
  const after = { hits: units, of: ofFrom.units }
  const elsewhere = { hits: ofTo.units - units, of: all - ofFrom.units }
  return {
    ...{ from, to, count: gapsMs.length, units, fromCount: ofFrom.count, toCount: ofTo.count },
    share: gapsMs.length / ofFrom.count,
    lift: (units * all) / (ofFrom.units * ofTo.units),
    medianGapMs: median(gapsMs),
    p: fisherGreater(after, elsewhere),
  }
}

/** One skill at a time, so that memory follows calls and not pairs, of which only frequent ones are kept. */
function countTransitions(units: Iterable<readonly SequencedCall[]>) {
  const pairs: CountedPair[] = []
  const from = new Map<string, Margin>()
  const to = new Map<string, Margin>()
  let all = 0
  for (const [skill, followings] of followingsOf(units)) {
    for (const pair of countPairs(skill, followings)) {
      add(entry(from, pair.from, noMargin), pair)
      add(entry(to, pair.to, noMargin), pair)
      all += pair.units
      if (pair.units >= UNITS_MIN) pairs.push(pair)
    }
  }
  return { pairs, from, to, all }
}

/** By the skill that they follow. Of each name one string is kept, however many calls have it. */
function followingsOf(units: Iterable<readonly SequencedCall[]>): Map<string, Following[]> {
  const followings = new Map<string, Following[]>()
  const names = new Map<string, string>()
  let unit = 0
  for (const calls of units) {
    unit += 1
    for (const [call, { skill, started_at_ms }] of consecutive(calls)) {
      const gapMs = Math.max(0, started_at_ms - (call.ended_at_ms ?? call.started_at_ms))
      const to = entry(names, skill, () => skill)
      entry(followings, call.skill, () => []).push({ to, unit, gapMs })
    }
  }
  return followings
}

function countPairs(from: string, followings: readonly Following[]): Iterable<CountedPair> {
  const pairs = new Map<string, CountedPair>()
  for (const { to, unit, gapMs } of followings) {
    const pair = entry(pairs, to, () => ({ from, to, gapsMs: [], units: 0, lastUnit: 0 }))
    pair.gapsMs.push(gapMs)
    if (pair.lastUnit !== unit) pair.units += 1
    pair.lastUnit = unit
  }
  return pairs.values()
}

function consecutive(calls: readonly SequencedCall[]): [SequencedCall, SequencedCall][] {
  const ordered = calls.toSorted((a, b) => a.started_at_ms - b.started_at_ms || compare(a.skill, b.skill))
  return ordered.slice(1).map((next, i) => [ordered[i]!, next])
}

function noMargin(): Margin {
  return { units: 0, count: 0 }
}

function add(margin: Margin, { units, gapsMs }: CountedPair): void {
  margin.units += units
  margin.count += gapsMs.length
}

function entry<T>(map: Map<string, T>, key: string, create: () => T): T {
  const known = map.get(key)
  if (known !== undefined) return known
  const created = create()
  map.set(key, created)
  return created
}

function frequent(margins: ReadonlyMap<string, Margin>): number {
  return [...margins.values()].filter(({ units }) => units >= UNITS_MIN).length
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
