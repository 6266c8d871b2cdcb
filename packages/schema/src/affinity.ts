import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { name } from './text.ts'
import { Kind } from './words.ts'

/** Rows that a report may have. */
export const AFFINITIES_MAX = 20_000
/** An affinity is over at least so many persons. */
const PERSONS_MIN = 5

const count = (description: string, minimum = 0) =>
  Type.Integer({ description, minimum, maximum: Number.MAX_SAFE_INTEGER })
const share = (description: string) => Type.Number({ description, minimum: 0, maximum: 1 })
const instant = (description: string) => Type.Unsafe<string>({ ...Instant, description })

/** How much persons who use a skill also use another one, as a report has it. */
export const ReportedAffinity = Type.Object(
  {
    kind: Kind,
    skill_name: name('The skill that persons use.'),
    also_kind: Kind,
    also_name: name('The skill that they also use.'),
    affinity: share(
      'The cosine of the persons who use the one and the other, times n / (n + 10) for n persons of both.',
    ),
    persons: count('Persons who use both, rounded down to a multiple of 5.', PERSONS_MIN),
    effectiveness: share(
      "Mean of the persons' completion rates of the other skill, moved to the mean of all skills the more " +
        'the fewer persons use it.',
    ),
  },
  { additionalProperties: false },
)
export type ReportedAffinity = Static<typeof ReportedAffinity>

const run = {
  computed_at: instant('When the report was computed.'),
  since: instant('Start of the window of calls, included.'),
  until: instant('End of the window, excluded.'),
  persons: count('Persons with a completed call in the window, rounded down to a multiple of 5.'),
}

/** What persons who use a skill also use. It replaces the report before as a whole. */
export const AffinityReport = Type.Object(
  {
    type: Type.Enum(['affinity']),
    ...run,
    affinities: Type.Array(ReportedAffinity, { maxItems: AFFINITIES_MAX }),
  },
  {
    description: 'What persons who use a skill also use, for recommendations.',
    additionalProperties: false,
  },
)
export type AffinityReport = Static<typeof AffinityReport>

/** What affinities were computed from. */
export const AffinityRun = Type.Object(run, { description: 'What affinities were computed from.' })
export type AffinityRun = Static<typeof AffinityRun>
