import type { SkillKey } from '../findings/findings.ts'

/** The skills that a row of a report names. */
export type Sides<Row> = (row: Row) => readonly SkillKey[]

const textOf = ({ kind, skill_name }: SkillKey) => `${kind}\0${skill_name}`

/** A report that was computed before a deletion must not undo it. Each skill is looked up once. */
export function recordedSkills(hasCalls: (skill: SkillKey) => boolean): (skill: SkillKey) => boolean {
  const known = new Map<string, boolean>()
  return (skill) => {
    const answer = known.get(textOf(skill)) ?? hasCalls(skill)
    known.set(textOf(skill), answer)
    return answer
  }
}

/** The rows about recorded skills, the first of each. */
export function ofRecordedSkills<Row>(
  rows: readonly Row[],
  sidesOf: Sides<Row>,
  isRecorded: (skill: SkillKey) => boolean,
): Row[] {
  const first = firstOfEach(rows, (row) => sidesOf(row).map(textOf))
  return first.filter((row) => sidesOf(row).every(isRecorded))
}

/** The first row of each key: names may be equal without their secrets. Names never contain NUL. */
export function firstOfEach<Row>(rows: readonly Row[], keyOf: (row: Row) => readonly string[]): Row[] {
  const seen = new Set<string>()
  return rows.filter((row) => {
    const key = keyOf(row).join('\0')
    const isFirst = !seen.has(key)
    seen.add(key)
    return isFirst
  })
}
