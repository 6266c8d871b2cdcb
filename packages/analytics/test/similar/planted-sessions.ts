import { randomFrom } from '../../src/seed.ts'

interface Planted {
  readonly groups: number
  readonly skillsOfGroup: number
  readonly sessions: number
  /** Share of the skills of a session that are of any group. */
  readonly noise: number
}

/** Sessions of three skills of one group each, such as `g0-s2`, and of skills of any group. */
export function plantedSessions({ groups, skillsOfGroup, sessions, noise }: Planted, seed: number) {
  const random = randomFrom(seed)
  const below = (count: number) => Math.floor(random() * count)
  return Array.from({ length: sessions }, () => {
    const group = below(groups)
    return Array.from({ length: 3 }, () => ({
      kind: 'skill' as const,
      skill_name: `g${random() < noise ? below(groups) : group}-s${below(skillsOfGroup)}`,
    }))
  })
}
