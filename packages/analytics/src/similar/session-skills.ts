import type { Kind } from '@skillwatch/schema'

/** A skill by its kind and name. */
export interface Skill {
  readonly kind: Kind
  readonly skill_name: string
}

/** The sessions of a window, each as the numbers of its skills. */
export interface SessionSkills {
  /** Those of the most sessions first; a skill has the number of its place. */
  readonly skills: readonly Skill[]
  readonly sessions: readonly (readonly number[])[]
  /** Sessions that are not counted, as everything would belong together in them. */
  readonly ignoredSessions: number
  /** Skills beyond the bound, of the fewest sessions. */
  readonly leftOutSkills: number
}

const SKILLS_PER_SESSION_MAX = 200
/** Bounds the table of pairs, which has the square of it. */
const SKILLS_MAX = 2_000

/**
 * Numbers the skills of sessions. The order of sessions does not change the numbers.
 * @param sessions the skills of each session; a skill that occurs twice counts once
 */
export function numberSkills(sessions: Iterable<readonly Skill[]>): SessionSkills {
  const counted = new Map<string, Counted>()
  const units: Counted[][] = []
  let ignoredSessions = 0
  for (const session of sessions) {
    const unit = [...new Set(session.map((skill) => countedOf(counted, skill)))]
    if (unit.length > SKILLS_PER_SESSION_MAX) ignoredSessions += 1
    else {
      for (const each of unit) each.sessions += 1
      units.push(unit)
    }
  }
  const ordered = [...counted.values()].filter((each) => each.sessions > 0).sort(byUse)
  const kept = ordered.slice(0, SKILLS_MAX)
  for (const [number, each] of kept.entries()) each.number = number
  return {
    skills: kept.map(({ skill }) => skill),
    sessions: units.map((unit) => unit.flatMap(({ number }) => (number < 0 ? [] : number))),
    ignoredSessions,
    leftOutSkills: ordered.length - kept.length,
  }
}

interface Counted {
  readonly key: string
  readonly skill: Skill
  sessions: number
  number: number
}

/** Kinds and names never contain NUL; names are first, for their order. */
function countedOf(counted: Map<string, Counted>, { kind, skill_name }: Skill): Counted {
  const key = `${skill_name}\0${kind}`
  const known = counted.get(key)
  if (known !== undefined) return known
  const created = { key, skill: { kind, skill_name }, sessions: 0, number: -1 }
  counted.set(key, created)
  return created
}

function byUse(a: Counted, b: Counted): number {
  return b.sessions - a.sessions || (a.key < b.key ? -1 : 1)
}
