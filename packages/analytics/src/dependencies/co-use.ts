import { type Answer, notEnough } from '../answer.ts'
import { fisherGreater } from '../distributions/fisher.ts'
import { qValues } from '../rates/false-discovery.ts'

/** Two skills that are used together, once per unit however often each is called. */
export interface CoUse {
  /** In the order of their names. */
  readonly a: string
  readonly b: string
  /** Numbers of units. */
  readonly both: number
  readonly withA: number
  readonly withB: number
  /** both / all */
  readonly support: number
  /** both / withA: how often b is used where a is. */
  readonly confidenceAToB: number
  readonly confidenceBToA: number
  /** both · all / (withA · withB): 1 when the skills have nothing to do with each other. */
  readonly lift: number
  /** That they are together this often by chance: Fisher's one-sided test. */
  readonly p: number
  /** By Benjamini and Hochberg over all pairs that could have been together five times. */
  readonly q: number
}

export interface CoUses {
  /** What a unit is, as it was passed in. */
  readonly unit: 'session' | 'turn'
  /** Units that were counted. */
  readonly all: number
  /** Units with more than 200 skills. Their pairs would say that everything belongs together. */
  readonly ignoredUnits: number
  /** Pairs that are together at least five times, by q and name. */
  readonly pairs: readonly CoUse[]
}

const UNITS_MIN = 50
const BOTH_MIN = 5
const SKILLS_PER_UNIT_MAX = 200

/**
 * Which skills are used together more often than by chance (lift: Brin, Motwani & Silverstein, SIGMOD 1997;
 * the test: Agresti, Categorical Data Analysis, 3.5). Needs 50 units, and for a pair 5 units with both.
 * Assumes that units are independent. Long sessions have more of everything, which raises every lift above
 * 1: compare lifts of the same unit only, and prefer turns where they are known.
 * @param units the skills of each session or turn; a skill that occurs twice counts once
 */
export function coUses(units: Iterable<readonly string[]>, unit: CoUses['unit']): Answer<CoUses> {
  const counts = countUnits(units)
  if (counts.all < UNITS_MIN) return notEnough(`${unit}s`, counts.all, UNITS_MIN)
  const pairs = [...counts.together]
    .filter(([, both]) => both >= BOTH_MIN)
    .map(([key, both]) => {
      const [a, b] = JSON.parse(key) as [string, string]
      return coUse(a, b, {
        both,
        withA: counts.skills.get(a)!,
        withB: counts.skills.get(b)!,
        all: counts.all,
      })
    })
  const q = qValues(
    pairs.map(({ p }) => p),
    possiblePairs(counts.skills),
  )
  const tested = pairs.map((pair, i) => ({ ...pair, q: q[i]! }))
  tested.sort((x, y) => x.q - y.q || x.p - y.p || compare(x.a, y.a) || compare(x.b, y.b))
  return { enough: true, unit, all: counts.all, ignoredUnits: counts.ignoredUnits, pairs: tested }
}

/** Lift and its test from counts of units alone. */
function coUse(
  a: string,
  b: string,
  { both, withA, withB, all }: { both: number; withA: number; withB: number; all: number },
): Omit<CoUse, 'q'> {
  return {
    ...{ a, b, both, withA, withB },
    support: both / all,
    confidenceAToB: both / withA,
    confidenceBToA: both / withB,
    lift: (both * all) / (withA * withB),
    p: fisherGreater({ hits: both, of: withA }, { hits: withB - both, of: all - withA }),
  }
}

function countUnits(units: Iterable<readonly string[]>) {
  const skills = new Map<string, number>()
  const together = new Map<string, number>()
  let [all, ignoredUnits] = [0, 0]
  for (const unit of units) {
    const names = [...new Set(unit)].sort(compare)
    if (names.length > SKILLS_PER_UNIT_MAX) {
      ignoredUnits += 1
      continue
    }
    all += 1
    for (const [i, a] of names.entries()) {
      increment(skills, a)
      for (const b of names.slice(i + 1)) increment(together, JSON.stringify([a, b]))
    }
  }
  return { skills, together, all, ignoredUnits }
}

/**
 * The number of tests is that of the pairs whose skills occur often enough, together or not: counting only
 * pairs that were seen together would count only tests that succeeded.
 */
function possiblePairs(skills: ReadonlyMap<string, number>): number {
  const frequent = [...skills.values()].filter((count) => count >= BOTH_MIN).length
  return (frequent * (frequent - 1)) / 2
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
