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
  const known = [...pairs.values()].filter((pair) => pair.units >= UNITS_MIN)
  const untested = known.map((pair) => toTransition(pair, from.get(pair.from)!, to.get(pair.to)!, all))
  const q = qValues(
    untested.map(({ p }) => p),
    frequent(from) * frequent(to),
  )
  const tested = untested.map((each, i) => ({ ...each, q: q[i]! }))
  tested.sort((x, y) => x.q - y.q || x.p - y.p || compare(x.from, y.from) || compare(x.to, y.to))
  return { enough: true, unit, all, transitions: tested }
}

interface CountedPair {
  readonly from: string
  readonly to: string
  readonly gapsMs: number[]
  units: number
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

function countTransitions(units: Iterable<readonly SequencedCall[]>) {
  const pairs = new Map<string, CountedPair>()
  const from = new Map<string, Margin>()
  const to = new Map<string, Margin>()
  let all = 0
  for (const calls of units) {
    const seen = new Set<string>()
    for (const [call, next] of consecutive(calls)) {
      const key = JSON.stringify([call.skill, next.skill])
      const pair = entry(pairs, key, () => ({ from: call.skill, to: next.skill, gapsMs: [], units: 0 }))
      pair.gapsMs.push(Math.max(0, next.started_at_ms - (call.ended_at_ms ?? call.started_at_ms)))
      const isNew = seen.has(key) ? 0 : 1
      seen.add(key)
      pair.units += isNew
      all += isNew
      add(entry(from, call.skill, noMargin), isNew)
      add(entry(to, next.skill, noMargin), isNew)
    }
  }
  return { pairs, from, to, all }
}

function consecutive(calls: readonly SequencedCall[]): [SequencedCall, SequencedCall][] {
  const ordered = calls.toSorted((a, b) => a.started_at_ms - b.started_at_ms || compare(a.skill, b.skill))
  return ordered.slice(1).map((next, i) => [ordered[i]!, next])
}

function noMargin(): Margin {
  return { units: 0, count: 0 }
}

function add(margin: Margin, units: number): void {
  margin.units += units
  margin.count += 1
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
