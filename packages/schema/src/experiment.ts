import { type Static, Type } from 'typebox'
import { Instant, InstantInput } from './instant.ts'
import { COST_USD_MAX, DURATION_MS_MAX } from './limits.ts'
import { name, text } from './text.ts'
import { EXPERIMENT_GROUPS, EXPERIMENT_METRICS, EXPERIMENT_STATUSES } from './vocabulary.ts'

/** Users of one group, so that the tests hold what they promise. */
const EXPERIMENT_USERS_MIN = 100
export const EXPERIMENT_USERS_MAX = 100_000

export const ExperimentGroup = Type.Enum(EXPERIMENT_GROUPS, {
  description: 'The group of a user: the control strategy, or the treatment strategy.',
})
export type ExperimentGroup = Static<typeof ExperimentGroup>

export const ExperimentMetric = Type.Enum(EXPERIMENT_METRICS, {
  description:
    'What is compared: the share of completed outcomes, their duration, their rating or their cost. Each is ' +
    'the mean of a user first, and then the mean of the users of a group.',
})
export type ExperimentMetric = Static<typeof ExperimentMetric>

export const ExperimentStatus = Type.Enum(EXPERIMENT_STATUSES, {
  description:
    '`running` takes users and outcomes; `concluded` has ended and keeps its analysis; `stopped` has ended ' +
    'without one.',
})
export type ExperimentStatus = Static<typeof ExperimentStatus>

const testName = name('Name of the experiment, which no other one of the project has.')
const ratio = Type.Number({
  description: 'Share of the users in the control group.',
  minimum: 0.01,
  maximum: 0.99,
})
const minSampleSize = Type.Integer({
  description: 'Users with outcomes that each group needs before anything is concluded.',
  minimum: EXPERIMENT_USERS_MIN,
  maximum: EXPERIMENT_USERS_MAX,
})
const metrics = Type.Array(ExperimentMetric, {
  description: 'What is compared. The first one, the primary metric, decides the verdict.',
  minItems: 1,
  uniqueItems: true,
})
const minEffect = Type.Number({
  description:
    'The smallest effect on the primary metric that matters, for which the test is made: a difference of ' +
    'shares (0.1), a relative difference of durations (0.2 is 20%), a difference of ratings (0.5) or of US ' +
    'dollars. It cannot be changed later.',
  exclusiveMinimum: 0,
  maximum: COST_USD_MAX,
})
const costCap = Type.Number({
  description: 'The cost of an outcome above this counts as this, so that no single one decides the mean.',
  exclusiveMinimum: 0,
  maximum: COST_USD_MAX,
})

/** A new experiment. What it compares and how is fixed before the first user is assigned. */
export const CreateExperiment = Type.Object(
  {
    test_name: testName,
    description: Type.Optional(text('What the experiment is about.')),
    control_strategy: name('What users of the control group get.'),
    treatment_strategy: name('What users of the treatment group get.'),
    start_date: Type.Optional(
      Type.Unsafe<InstantInput>({
        ...InstantInput,
        description: 'No user is assigned before. Default: now.',
      }),
    ),
    end_date: Type.Optional(
      Type.Unsafe<InstantInput>({
        ...InstantInput,
        description:
          'From here on no user is assigned. The experiment runs until it is concluded or stopped.',
      }),
    ),
    min_sample_size: Type.Optional(Type.Unsafe<number>({ ...minSampleSize, default: EXPERIMENT_USERS_MIN })),
    metrics: Type.Optional(
      Type.Unsafe<ExperimentMetric[]>({ ...metrics, default: [...EXPERIMENT_METRICS] }),
    ),
    assignment_ratio: Type.Optional(Type.Unsafe<number>({ ...ratio, default: 0.5 })),
    min_effect: Type.Optional(minEffect),
    cost_cap_usd: Type.Optional(Type.Unsafe<number>({ ...costCap, default: 1 })),
  },
  { additionalProperties: false, description: 'A new experiment.' },
)
export type CreateExperiment = Static<typeof CreateExperiment>

/** An assignment as a user of the API asks for it. */
export const AssignUser = Type.Object(
  { user_id: name('The user. Only a keyed hash is stored.') },
  { additionalProperties: false, description: 'The user to assign to a group.' },
)
export type AssignUser = Static<typeof AssignUser>

/** The group of a user, as it was first assigned. */
export const Assignment = Type.Object(
  {
    test_name: testName,
    group_name: ExperimentGroup,
    strategy: Type.String({ description: 'What users of this group get.' }),
    assigned_at: Instant,
    is_new: Type.Boolean({ description: 'Whether this request assigned the user.' }),
  },
  { description: 'The group of a user. The first assignment stays.' },
)
export type Assignment = Static<typeof Assignment>

const outcomeFields = {
  outcome_id: Type.Optional(
    name(
      'Idempotency key within the experiment: UUIDv7 is a good choice. If absent, ingest makes one, and the ' +
        'same outcome sent again counts twice.',
    ),
  ),
  user_id: name('The user, who has been assigned before. Only a keyed hash is stored.'),
  skill_name: name('The skill, command, sub-agent or tool that was used.'),
  completed: Type.Boolean({ description: 'Whether the work was completed.' }),
  duration_seconds: Type.Optional(
    Type.Number({ description: 'How long it took.', minimum: 0, maximum: DURATION_MS_MAX / 1_000 }),
  ),
  rating: Type.Optional(Type.Number({ description: 'Rating by the user, 1 to 5.', minimum: 1, maximum: 5 })),
  cost_usd: Type.Optional(
    Type.Number({ description: 'What it cost, in US dollars.', minimum: 0, maximum: COST_USD_MAX }),
  ),
  recorded_at: Type.Optional(
    Type.Unsafe<InstantInput>({ ...InstantInput, description: 'When it happened. Default: now.' }),
  ),
}

/** What happened to a user of an experiment once. */
export const ExperimentOutcome = Type.Object(outcomeFields, {
  additionalProperties: false,
  description: 'What happened to a user of an experiment once.',
})
export type ExperimentOutcome = Static<typeof ExperimentOutcome>

/** An assignment or an outcome that names its experiment, as clients send both in the order of time. */
export const ExperimentRecord = Type.Union(
  [
    Type.Object(
      {
        type: Type.Enum(['assignment']),
        test_name: testName,
        user_id: name('The user. Only a keyed hash is stored.'),
        group_name: Type.Optional(
          Type.Enum(EXPERIMENT_GROUPS, {
            description: 'The group that the client gave the user. Another group than this one is refused.',
          }),
        ),
      },
      { additionalProperties: false, description: 'Assigns a user who was not assigned yet.' },
    ),
    Type.Object(
      { type: Type.Enum(['outcome']), test_name: testName, ...outcomeFields },
      { additionalProperties: false, description: 'What happened to a user of the experiment.' },
    ),
  ],
  { description: 'An assignment or an outcome of an experiment.' },
)
export type ExperimentRecord = Static<typeof ExperimentRecord>

const count = (description: string) => Type.Integer({ description, minimum: 0 })

const GroupCounts = Type.Object(
  {
    users: count('Users who were assigned.'),
    users_with_outcomes: count('Those of them with an outcome.'),
  },
  { description: 'How many users a group has.' },
)

/** An experiment as it was created, and how many users its groups have. */
export const Experiment = Type.Object(
  {
    test_name: testName,
    description: Type.Union([Type.String(), Type.Null()]),
    control_strategy: Type.String({ description: 'What users of the control group get.' }),
    treatment_strategy: Type.String({ description: 'What users of the treatment group get.' }),
    start_date: Instant,
    end_date: Type.Union([Instant, Type.Null()], { description: 'From here on no user is assigned.' }),
    min_sample_size: minSampleSize,
    metrics,
    assignment_ratio: ratio,
    min_effect: minEffect,
    cost_cap_usd: costCap,
    status: ExperimentStatus,
    created_at: Instant,
    ended_at: Type.Union([Instant, Type.Null()], { description: 'When it was concluded or stopped.' }),
    control: GroupCounts,
    treatment: GroupCounts,
  },
  { description: 'An experiment, and how many users its groups have.' },
)
export type Experiment = Static<typeof Experiment>
