import { bySkill } from '../by-skill.ts'
import { acrossPersons, type SkillAcrossPersons } from './across-persons.ts'
import { effectivenessPercentiles } from './percentiles.ts'
import type { PersonCalls, WithheldReason } from './persons.ts'
import { roundedAmount, roundedPersons } from './rounding.ts'

/** What is usual for a skill, as it is stored. */
export interface SkillBaseline extends Omit<SkillAcrossPersons, 'completion_rate_interval'> {
  readonly kind: string
  readonly skill_name: string
  /** The 95% interval of the completion rate. */
  readonly completion_rate_low: number
  readonly completion_rate_high: number
  /** Among the skills of its kind, 0-100; null when there are fewer than 5 of them. */
  readonly effectiveness_percentile: number | null
  readonly effectiveness_percentile_low: number | null
  readonly effectiveness_percentile_high: number | null
}

/** What is usual for the skills of a project, as `POST /v1/findings` takes it. */
export interface SkillBaselines {
  readonly type: 'baseline'
  readonly since: string
  readonly until: string
  /** Persons with a call, rounded down to a multiple of 5. */
  readonly persons: number
  readonly withheld: Readonly<Record<WithheldReason, number>> & {
    /** Calls without a user, rounded down to 1, 2 or 5 times a power of ten. */
    readonly calls_without_user: number
  }
  readonly baselines: readonly SkillBaseline[]
}

/** From the first instant on, up to the second one, which is excluded. */
export interface BaselineWindow {
  readonly sinceMs: number
  readonly untilMs: number
}

/**
 * What is usual for each skill over the persons of a project. A skill whose numbers could show what one
 * person did is withheld, and counted by the reason.
 * @param rows of the calls of the window: one for each skill and person, those of a skill after each other
 */
export function baselinesAcrossPersons(
  rows: Iterable<PersonCalls>,
  { sinceMs, untilMs }: BaselineWindow,
): SkillBaselines {
  const persons = new Set<string>()
  const withheld = { too_few_persons: 0, mostly_one_person: 0 }
  const shown: ShownSkill[] = []
  let callsWithoutUser = 0
  for (const ofSkill of bySkill(rows)) {
    for (const { user_hash, invocation_count } of ofSkill) {
      if (user_hash === null) callsWithoutUser += invocation_count
      else persons.add(user_hash)
    }
    const { kind, skill_name } = ofSkill[0]!
    const numbers = acrossPersons(ofSkill)
    if ('withheld' in numbers) withheld[numbers.withheld] += 1
    else shown.push({ kind, skill_name, ...numbers })
  }
  return {
    type: 'baseline',
    since: new Date(sinceMs).toISOString(),
    until: new Date(untilMs).toISOString(),
    persons: roundedPersons(persons.size),
    withheld: { ...withheld, calls_without_user: roundedAmount(callsWithoutUser) },
    baselines: withPercentiles(shown),
  }
}

type ShownSkill = SkillAcrossPersons & Pick<PersonCalls, 'kind' | 'skill_name'>

/** A tool is not comparable with a skill, so the place is that among skills of one kind. */
function withPercentiles(skills: readonly ShownSkill[]): SkillBaseline[] {
  return [...Map.groupBy(skills, ({ kind }) => kind).values()].flatMap((ofKind) => {
    const percentiles = effectivenessPercentiles(ofKind)
    return ofKind.map(({ completion_rate_interval: [low, high], ...skill }, index) => ({
      ...skill,
      completion_rate_low: low,
      completion_rate_high: high,
      effectiveness_percentile: percentiles[index]?.value ?? null,
      effectiveness_percentile_low: percentiles[index]?.interval[0] ?? null,
      effectiveness_percentile_high: percentiles[index]?.interval[1] ?? null,
    }))
  })
}
