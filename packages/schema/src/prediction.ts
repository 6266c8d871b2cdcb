import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { name } from './text.ts'
import { Kind } from './words.ts'

/** Skills that a report may have predictions of. */
const PREDICTIONS_MAX = 1_000
/** Numbers of a model: 13 that are always known, 10 previous skills and 10 phases. */
const COEFFICIENTS_MAX = 40

const count = (description: string) =>
  Type.Integer({ description, minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const number = (description: string, options: object = {}) => Type.Number({ description, ...options })
const share = (description: string) => number(description, { minimum: 0, maximum: 1 })
const instant = (description: string) => Type.Unsafe<string>({ ...Instant, description })
const numbers = (description: string) =>
  Type.Array(Type.Number(), { description, maxItems: COEFFICIENTS_MAX })
const closed = { additionalProperties: false } as const
const orNull = <T extends Type.TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description })

const Interval = Type.Tuple([
  Type.Number({ minimum: 0, maximum: 1 }),
  Type.Number({ minimum: 0, maximum: 1 }),
])

const Verdict = Type.Enum(['better than the base rate', 'no better than the base rate', 'not enough data'], {
  description: 'Whether the model answers: only when the interval of its Brier skill is above 0.',
})

const CalibrationBin = Type.Object(
  {
    from: share('Lowest probability of its calls.'),
    to: share('Highest probability of its calls.'),
    calls: count('Judged calls with such a probability.'),
    completed: count('Those that completed.'),
    mean_probability: share('The mean probability of its calls.'),
  },
  closed,
)

const Judgement = Type.Object(
  {
    trained_calls: count('Calls that the model was trained on, the first 60%.'),
    calibrated_calls: count('Calls that it was calibrated on, the next 20%.'),
    trained_from: instant('The first of these calls.'),
    trained_until: instant('The last of these calls.'),
    judged_from: instant('The first call that it was judged on.'),
    judged_until: instant('The last call that it was judged on.'),
    judged_calls: count('Calls that it was judged on: later ones, of other sessions.'),
    judged_completed: count('Those that completed.'),
    judged_sessions: count('Their sessions.'),
    correct_calls: count('Judged calls of which the answer gave the outcome that happened at least 0.5.'),
    brier: share('Brier score of the model: the mean squared difference, 0 is perfect.'),
    base_brier: share('Brier score of the base rate on the same calls.'),
    brier_skill: number('1 - brier / base_brier: above 0 is better than the base rate.'),
    brier_skill_low: number('Lower end of its 95% interval, by a bootstrap over sessions.'),
    brier_skill_high: number('Upper end of it.'),
    auc: share(
      'Share of pairs of a completed and another call that the model ranks rightly; 0.5 is chance.',
    ),
    log_loss: number('Mean of -log P(what happened), of the model.', { minimum: 0 }),
    base_log_loss: number('The same of the base rate.', { minimum: 0 }),
    calibration_error: share('Mean difference of probabilities and outcomes over 10 bins of equal width.'),
    design_effect: number('Counts are divided by it in intervals, as calls of one session are alike.', {
      minimum: 1,
    }),
    calibration: Type.Array(CalibrationBin, {
      description: 'Judged calls by probability, in up to 10 bins.',
      maxItems: 10,
    }),
  },
  { ...closed, description: 'How the model did on later calls of other sessions.' },
)

const Level = Type.Object(
  {
    feature: Type.Enum(['previous', 'phase']),
    kind: Type.Union([Kind, Type.Null()]),
    name: name('The previous skill, or the phase.'),
  },
  closed,
)

const Model = Type.Object(
  {
    share: share('Completed share of the calls to train on.'),
    means: numbers('Of each number that is known before a call.'),
    deviations: numbers('Their standard deviations.'),
    levels: Type.Array(Level, { description: 'Texts with a coefficient.', maxItems: 20 }),
    intercept: number('Log odds.'),
    coefficients: numbers('Of the standardised numbers, then of the levels.'),
    slope: number('Of the calibration.', { minimum: 0 }),
    offset: number('Of the calibration.'),
    ridge: number('The penalty.', { minimum: 0 }),
  },
  closed,
)

const Lack = Type.Object(
  { enough: Type.Literal(false), unit: Type.String({ maxLength: 100 }), have: count(''), need: count('') },
  closed,
)

const judged = {
  verdict: Verdict,
  base_rate: share(
    'Completed share of the calls before the judged ones, which the model must beat; of all calls when ' +
      'none ' +
      'are judged.',
  ),
  base_rate_interval: orNull(Interval, 'Its 95% interval; null with fewer than 8 sessions.'),
  lacks: orNull(Lack, 'What there is too little of; null when a model was judged.'),
  judgement: orNull(Judgement, 'Null when there is not enough data.'),
}

const ReportedPrediction = Type.Object(
  {
    kind: Kind,
    skill_name: name('The skill that it is about.'),
    calls: count('Ended calls of the window, at most the latest 10,000.'),
    completed: count('Those that completed.'),
    ...judged,
    model: orNull(Model, 'Null when there is not enough data.'),
  },
  closed,
)
export type ReportedPrediction = Static<typeof ReportedPrediction>

const run = {
  since: instant('Start of the window, included.'),
  until: instant('End of the window.'),
  time_zone: name('Time zone of hours and weekdays.'),
  left_out: count('Skills with fewer calls that are not in the report.'),
}

/** What a run concluded about the predictability of all skills. It replaces what the run before did. */
export const PredictionReport = Type.Object(
  {
    type: Type.Enum(['prediction']),
    ...run,
    predictions: Type.Array(ReportedPrediction, { maxItems: PREDICTIONS_MAX }),
  },
  { ...closed, description: 'Models of the skills of a project, each with how it was judged.' },
)
export type PredictionReport = Static<typeof PredictionReport>

/** What predictions were computed from. */
export const PredictionRun = Type.Object(
  { ...run, computed_at: instant('When the report was received.') },
  { description: 'What the models were computed from.' },
)
export type PredictionRun = Static<typeof PredictionRun>

const known = {
  hour: count('Local hour of the day.'),
  weekday: count('0 is Monday.'),
  calls_24h: count('Ended calls of the skill that began in the last 24 hours, from a full hour on.'),
  completed_24h: count('Those that completed.'),
  calls_7d: count('The same of 7 days.'),
  completed_7d: count('Those that completed.'),
  position: count('Calls of the session before.'),
  session_ms: number('Since the first call of the session.', { minimum: 0 }),
  session_calls: count('Ended calls among the last 200 of the session.'),
  session_completed: count('Those that completed.'),
  own_calls: count('Those of this skill among them.'),
  own_completed: count('Those that completed.'),
  previous_failed: Type.Enum([0, 1], { description: '1 when the call before did not complete.' }),
  previous: orNull(
    Type.Object({ kind: Kind, skill_name: Type.String() }),
    'The call before in the session.',
  ),
  workflow_phase: orNull(Type.String(), 'As asked.'),
}

/** The probability that one call completes, with how well that is known. */
export const Prediction = Type.Object(
  {
    kind: Kind,
    skill_name: Type.String(),
    at: instant('When the call would begin.'),
    probability: orNull(share(''), 'That the call completes; null when no call has ended yet.'),
    interval: orNull(
      Interval,
      '95%: of a model, the completed share of the judged calls with about this probability; else that of ' +
        'the ' +
        'base rate. Null with fewer than 8 sessions.',
    ),
    source: Type.Enum(['model', 'base rate'], { description: 'What the probability is from.' }),
    ...judged,
    base_rate: orNull(judged.base_rate, 'As in the report; null when no call has ended yet.'),
    lacks: orNull(Type.Omit(Lack, ['enough']), 'What there is too little of; null when a model was judged.'),
    known: Type.Object(known, {
      description: 'What is known before the call; the model uses nothing else.',
    }),
    run: orNull(PredictionRun, 'Null before the first run.'),
  },
  { description: 'The probability that a call completes, beside what it must beat.' },
)
export type Prediction = Static<typeof Prediction>
