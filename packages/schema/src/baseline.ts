import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { name } from './text.ts'
import { Kind } from './words.ts'

/** Skills that one report may have baselines of. */
const BASELINES_MAX = 10_000
/** A baseline is over at least so many persons. */
const PERSONS_MIN = 5

const count = (description: string, minimum = 0) =>
  Type.Integer({ description, minimum, maximum: Number.MAX_SAFE_INTEGER })
const share = (description: string) => Type.Number({ description, minimum: 0, maximum: 1 })
const percentile = (description: string) =>
  Type.Union([Type.Number({ minimum: 0, maximum: 100 }), Type.Null()], { description })

const properties = {
  kind: Kind,
  skill_name: name('The skill that it is about.'),
  total_users: count('Persons with at least 5 uses, rounded down to a multiple of 5.', PERSONS_MIN),
  total_invocations: count(
    'Ended calls of these persons, rounded down to 1, 2 or 5 times a power of ten.',
    PERSONS_MIN,
  ),
  global_completion_rate: share(
    "Mean of the persons' completion rates: each person counts once. Rounded to 0.2, from 10 persons on to " +
      '0.1, from 20 on to 0.05, from 100 on to 0.01.',
  ),
  completion_rate_low: share('Lower end of the 95% interval of the rate, its rounding included.'),
  completion_rate_high: share('Upper end of that interval.'),
  global_avg_duration_seconds: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
    description:
      'Mean duration of the person in the middle, rounded down to 1, 2 or 5 times a power of ten. Null when ' +
      'fewer than 5 persons have durations, or those in the middle differ much.',
  }),
  most_common_workflow_phase: Type.Union([name('A phase of a workflow.'), Type.Null()], {
    description:
      'The phase that most persons use most. Null when fewer than 5 persons do, or another one is close.',
  }),
  effectiveness_percentile: percentile(
    'Place by completion rate among the skills of its kind, 100 the best, after rates of few persons were ' +
      'moved towards the mean. Null with fewer than 5 skills.',
  ),
  effectiveness_percentile_low: percentile('The lowest place that the intervals of the rates allow.'),
  effectiveness_percentile_high: percentile('The highest place that they allow.'),
}

const ReportedBaseline = Type.Object(properties, { additionalProperties: false })
export type ReportedBaseline = Static<typeof ReportedBaseline>

/** What is usual for a skill over all persons of a project. */
export const Baseline = Type.Object(
  {
    ...properties,
    last_updated: Type.Unsafe<string>({
      ...Instant,
      description: 'When one of these values changed last; a run that confirms them does not change it.',
    }),
  },
  { description: 'What is usual for a skill over all persons of a project.' },
)
export type Baseline = Static<typeof Baseline>

/** How many skills have no baseline, by the reason. */
const Withheld = Type.Object(
  {
    too_few_persons: count('Skills that fewer than 5 persons used at least 5 times each.'),
    mostly_one_person: count('Skills of which one person made more than half of these calls.'),
    calls_without_user: count(
      'Ended calls without a user, which are of no person. Rounded down to 1, 2 or 5 times a power of ten.',
    ),
  },
  { description: 'What is not shown, and why.', additionalProperties: false },
)

const run = {
  since: Type.Unsafe<string>({ ...Instant, description: 'Start of the window, included.' }),
  until: Type.Unsafe<string>({ ...Instant, description: 'End of the window, excluded.' }),
  persons: count('Persons with an ended call in the window, rounded down to a multiple of 5.'),
  withheld: Withheld,
}

/** What a run concluded about all skills of a project. It replaces what the run before did. */
export const BaselineReport = Type.Object(
  {
    type: Type.Enum(['baseline']),
    ...run,
    baselines: Type.Array(ReportedBaseline, { maxItems: BASELINES_MAX }),
  },
  {
    description: 'What is usual for each skill over all persons of the project.',
    additionalProperties: false,
  },
)
export type BaselineReport = Static<typeof BaselineReport>

/** What baselines were computed from. */
export const BaselineRun = Type.Object(
  { ...run, computed_at: Type.Unsafe<string>({ ...Instant, description: 'When the report was received.' }) },
  { description: 'What the baselines were computed from.' },
)
export type BaselineRun = Static<typeof BaselineRun>
