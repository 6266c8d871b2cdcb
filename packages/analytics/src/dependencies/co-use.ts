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

export const UNITS_MIN = 50
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
  const frequent = frequentSkills(counts)
  const counted = [...countPairs(frequent)]
  const p = counted.map((pair) => togetherByChance(pair, counts.all))
  // All pairs that could have been together often enough: those that were are only the tests that succeeded.
  const q = qValues(p, (frequent.length * (frequent.length - 1)) / 2)
  const pairs = counted.map((pair, i) => toCoUse(pair, counts.all, p[i]!, q[i]!))
  pairs.sort((x, y) => x.q - y.q || x.p - y.p || compare(x.a, y.a) || compare(x.b, y.b))
  return { enough: true, unit, all: counts.all, ignoredUnits: counts.ignoredUnits, pairs }
}

/** Two skills, and the number of units that have both. */
type CountedPair = readonly [a: CountedSkill, b: CountedSkill, both: number]

function togetherByChance([a, b, both]: CountedPair, all: number): number {
  const [withA, withB] = [a.units.length, b.units.length]
  return fisherGreater({ hits: both, of: withA }, { hits: withB - both, of: all - withA })
}

function toCoUse([a, b, both]: CountedPair, all: number, p: number, q: number): CoUse {
  const [withA, withB] = [a.units.length, b.units.length]
  return {
    ...{ a: a.name, b: b.name, both, withA, withB },
    support: both / all,
    confidenceAToB: both / withA,
    confidenceBToA: both / withB,
    lift: (both * all) / (withA * withB),
    ...{ p, q },
  }
}

interface UnitCounts {
  /** By name: the units that have it. */
  readonly skills: ReadonlyMap<string, CountedSkill>
  readonly all: number
  readonly ignoredUnits: number
}

interface CountedSkill {
  readonly name: string
  /** Each unit is the list of its skills, which all of them share. */
  readonly units: (readonly CountedSkill[])[]
  /** The place in the order of the names of frequent skills; -1 for others. */
  place: number
}

function countUnits(units: Iterable<readonly string[]>): UnitCounts {
  const skills = new Map<string, CountedSkill>()
  let [all, ignoredUnits] = [0, 0]
  for (const names of units) {
    const unit = [...new Set(names)].map((name) => skillOf(skills, name))
    if (unit.length > SKILLS_PER_UNIT_MAX) {
      ignoredUnits += 1
      continue
    }
    all += 1
    for (const skill of unit) skill.units.push(unit)
  }
  return { skills, all, ignoredUnits }
}

function skillOf(skills: Map<string, CountedSkill>, name: string): CountedSkill {
  const known = skills.get(name)
  if (known !== undefined) return known
  const created: CountedSkill = { name, units: [], place: -1 }
  skills.set(name, created)
  return created
}

/** Only skills that occur often enough can be together that often (Agrawal & Srikant, VLDB 1994). */
function frequentSkills({ skills }: UnitCounts): CountedSkill[] {
  const frequent = [...skills.values()].filter(({ units }) => units.length >= BOTH_MIN)
  frequent.sort((a, b) => compare(a.name, b.name))
  for (const [place, skill] of frequent.entries()) skill.place = place
  return frequent
}

/**
 * How often two skills are together, for all pairs that are often enough. One skill at a time, so that
 * memory follows the skills and not their pairs.
 */
function* countPairs(frequent: readonly CountedSkill[]): Generator<CountedPair> {
  const together = new Uint32Array(frequent.length)
  for (const a of frequent) {
    together.fill(0)
    for (const unit of a.units) for (const b of unit) if (b.place > a.place) together[b.place]! += 1
    for (const [place, both] of together.entries()) if (both >= BOTH_MIN) yield [a, frequent[place]!, both]
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
