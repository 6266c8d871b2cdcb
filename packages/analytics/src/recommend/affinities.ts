import { AFFINITIES_MAX, type AffinityReport, type Kind, type ReportedAffinity } from '@skillwatch/schema'
import { PERSONS_MIN, type PersonCalls } from '../baselines/persons.ts'
import { digits, roundedPersons } from '../baselines/rounding.ts'
import { priorOf, shrunkRate } from '../baselines/shrinkage.ts'
import { bySkill } from '../by-skill.ts'
import type { Share } from '../share.ts'

/** When affinities were computed, and from which calls. */
export interface AffinityWindow {
  readonly sinceMs: number
  readonly untilMs: number
  readonly computedAtMs: number
}

/** Affinities of a skill that are kept. */
const KEPT_MAX = 20
/** Persons at which an affinity counts half of its cosine. */
const HALF_AT_PERSONS = 10
/** Bounds the table of pairs, which has the square of it. */
const SKILLS_MAX = 2_000

/**
 * What persons who use a skill also use, as a report for ingest: of each skill the 20 highest. A person uses
 * a skill with one completed call, however many more there are. The affinity of two skills is the cosine of
 * their persons (Deshpande & Karypis, ACM Transactions on Information Systems 22, 2004, 143-177), times
 * n / (n + 10) for n persons of both (Bell & Koren, KDD Cup Workshop 2007). It needs 5 persons. Tools such
 * as `Read` are left out, as the agent chooses them, and so are calls without a user.
 * @param rows of the calls of the window: one for each skill and person, those of a skill after each other
 */
export function affinityReport(
  rows: Iterable<PersonCalls>,
  { sinceMs, untilMs, computedAtMs }: AffinityWindow,
): AffinityReport {
  const { skills, persons } = countUses(rows)
  const instant = (ms: number) => new Date(ms).toISOString()
  return {
    ...{ type: 'affinity', computed_at: instant(computedAtMs) },
    ...{ since: instant(sinceMs), until: instant(untilMs), persons: roundedPersons(persons.length) },
    affinities: affinitiesOf(skills, persons),
  }
}

interface UsedSkill {
  readonly kind: Kind
  readonly skill_name: string
  /** Over persons, each with the share of their calls that completed. */
  readonly share: Share
  /** Persons who use it, by their numbers. */
  readonly users: readonly number[]
}

/** Skills that enough persons use, those of the most persons first, and for each person which of them. */
function countUses(rows: Iterable<PersonCalls>) {
  const numbers = new Map<string, number>()
  const skills: UsedSkill[] = []
  for (const ofSkill of bySkill(rows)) {
    const [{ kind, skill_name }] = ofSkill as [PersonCalls, ...PersonCalls[]]
    if (kind === 'tool') continue
    const known = ofSkill.filter(
      ({ user_hash, invocation_count }) => user_hash !== null && invocation_count > 0,
    )
    const completing = known.filter(({ completed_count }) => completed_count > 0)
    const users = completing.map(({ user_hash }) => numberOf(numbers, user_hash!))
    const hits = known.reduce((sum, each) => sum + each.completed_count / each.invocation_count, 0)
    if (users.length >= PERSONS_MIN)
      skills.push({ kind: kind as Kind, skill_name, share: { hits, of: known.length }, users })
  }
  skills.sort((a, b) => b.users.length - a.users.length || compare(a.skill_name, b.skill_name))
  const kept = skills.slice(0, SKILLS_MAX)
  const persons = Array.from({ length: numbers.size }, (): number[] => [])
  for (const [number, { users }] of kept.entries()) for (const user of users) persons[user]!.push(number)
  return { skills: kept, persons }
}

function numberOf(numbers: Map<string, number>, userHash: string): number {
  const known = numbers.get(userHash) ?? numbers.size
  numbers.set(userHash, known)
  return known
}

function affinitiesOf(
  skills: readonly UsedSkill[],
  persons: readonly (readonly number[])[],
): ReportedAffinity[] {
  if (skills.length === 0) return []
  const prior = priorOf(skills.map(({ share }) => share))
  const effectiveness = skills.map(({ share }) => digits(shrunkRate(share, prior), 4))
  const together = new Uint32Array(skills.length)
  const kept = Math.min(KEPT_MAX, Math.floor(AFFINITIES_MAX / skills.length))
  return skills.flatMap(({ kind, skill_name, users }, number) => {
    together.fill(0)
    for (const user of users) for (const other of persons[user]!) together[other]! += 1
    together[number] = 0
    const others = [...together.entries()].filter(([, both]) => both >= PERSONS_MIN)
    return others
      .map(([other, both]): ReportedAffinity => {
        const also = skills[other]!
        const affinity = affinityOf(both, users.length, also.users.length)
        return {
          ...{ kind, skill_name, also_kind: also.kind, also_name: also.skill_name },
          ...{ affinity, persons: roundedPersons(both), effectiveness: effectiveness[other]! },
        }
      })
      .sort((a, b) => b.affinity - a.affinity || compare(a.also_name, b.also_name))
      .slice(0, kept)
  })
}

function affinityOf(both: number, withA: number, withB: number): number {
  return digits((both / Math.sqrt(withA * withB)) * (both / (both + HALF_AT_PERSONS)), 4)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
