import { type Static, Type } from 'typebox'
import { Experiment, ExperimentGroup, ExperimentMetric } from './experiment.ts'
import { Instant } from './instant.ts'
import { EXPERIMENT_VERDICTS } from './vocabulary.ts'

const count = (description: string) => Type.Integer({ description, minimum: 0 })
const orNull = (description: string) => Type.Union([Type.Number(), Type.Null()], { description })

const MetricOfGroup = Type.Object(
  {
    users: count('Users with a value.'),
    mean: orNull(
      'Mean of the values of the users, each of whom counts once; of durations the geometric mean, in ' +
        'seconds. Null without users.',
    ),
  },
  { description: 'A metric in one group.' },
)

export const MetricComparison = Type.Object(
  {
    metric: ExperimentMetric,
    primary: Type.Boolean({ description: 'Whether it decides the verdict.' }),
    control: MetricOfGroup,
    treatment: MetricOfGroup,
    effect: orNull(
      'Mean of the treatment minus that of the control; of durations divided by it. Null while a group has ' +
        'no value.',
    ),
    interval: Type.Union([Type.Tuple([Type.Number(), Type.Number()]), Type.Null()], {
      description:
        'The 95% confidence sequence of the effect: at all times together it contains the true effect with ' +
        'a probability of 95%. Null while there is too little data.',
    }),
    p: orNull('The always-valid p-value of no effect. Null while there is too little data.'),
    q: orNull(
      'Of the other metrics than the primary one: the p-value corrected for their number (Benjamini and ' +
        'Yekutieli).',
    ),
    better: Type.Union([ExperimentGroup, Type.Null()], {
      description: 'The group that is shown to be better: p, or q where there is one, is at most 0.05.',
    }),
  },
  { description: 'A metric in both groups.' },
)
export type MetricComparison = Static<typeof MetricComparison>

const SampleRatio = Type.Object(
  {
    control: count('Users of the control group.'),
    treatment: count('Users of the treatment group.'),
    p: Type.Number({
      description: 'The p-value of the exact binomial test that the ratio is as configured.',
    }),
  },
  { description: 'Whether the sizes of the groups are as configured.' },
)

/** What an experiment shows at an instant. */
export const ExperimentAnalysis = Type.Object(
  {
    analysed_at: Instant,
    verdict: Type.Enum(EXPERIMENT_VERDICTS, {
      description:
        'The better strategy by the primary metric; or that no difference is shown, that there is not ' +
        'enough data, or not to trust the data, as the sizes of the groups are not as configured.',
    }),
    reason: Type.String({ description: 'The verdict in a sentence, with its numbers.' }),
    alpha: Type.Number({ description: 'The largest probability of a difference that is none.' }),
    method: Type.String({ description: 'How p-values and intervals are computed.' }),
    assigned: SampleRatio,
    with_outcomes: SampleRatio,
    metrics: Type.Array(MetricComparison),
  },
  { description: 'What an experiment shows. It may be read at any time: looking often is accounted for.' },
)
export type ExperimentAnalysis = Static<typeof ExperimentAnalysis>

/** An experiment with its analysis. */
export const ExperimentDetail = Type.Object(
  {
    ...Experiment.properties,
    analysis: Type.Unsafe<ExperimentAnalysis>({
      ...ExperimentAnalysis,
      description: 'Of now while it runs; of a concluded one, as it was when it was concluded.',
    }),
  },
  { description: 'An experiment with its analysis.' },
)
export type ExperimentDetail = Static<typeof ExperimentDetail>
