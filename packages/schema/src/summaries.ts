import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { UsageSums } from './usage.ts'
import { Kind, Outcome } from './words.ts'

const count = (description: string) => Type.Integer({ description, minimum: 0 })
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const outcomeCounts = {
  invocation_count: count('Number of invocations.'),
  running_count: count('Invocations that are still running.'),
  completed_count: count('Invocations that completed.'),
  failed_count: count('Invocations that failed.'),
  rejected_count: count('Invocations that the user or a policy refused.'),
  abandoned_count: count('Invocations whose session ended first.'),
}

/** Rate 0–1 over ended invocations; null if there are none. */
const CompletionRate = orNull(
  Type.Number({
    minimum: 0,
    maximum: 1,
    description: 'completed / (completed + failed + rejected + abandoned)',
  }),
)

const milliseconds = orNull(Type.Number({ minimum: 0 }))
const bound = (of: string, is: 'less' | 'more') =>
  orNull(
    Type.Number({
      minimum: 0,
      description: `The exact ${of} is not ${is}. Equal to \`${of}_ms\` where that is exact.`,
    }),
  )

/**
 * Distribution of one of the two durations. Quantiles are exact for skills with at most 100 calls; else they
 * are interpolated linearly inside histogram buckets. Each has the bounds between which the exact one lies.
 */
export const DurationSummary = Type.Object(
  {
    count: count('Invocations with this duration.'),
    sum_ms: Type.Number({ minimum: 0 }),
    mean_ms: milliseconds,
    p50_ms: milliseconds,
    p50_ms_min: bound('p50', 'less'),
    p50_ms_max: bound('p50', 'more'),
    p95_ms: milliseconds,
    p95_ms_min: bound('p95', 'less'),
    p95_ms_max: bound('p95', 'more'),
    p99_ms: milliseconds,
    p99_ms_min: bound('p99', 'less'),
    p99_ms_max: bound('p99', 'more'),
  },
  {
    description:
      'Durations in milliseconds. Quantiles are exact for a skill with at most 100 calls; else they are ' +
      'estimated, linear inside histogram buckets, and `_min` and `_max` are the bounds of these buckets. ' +
      'Null if there are no durations.',
  },
)
export type DurationSummary = Static<typeof DurationSummary>

export const SkillSummary = Type.Object(
  {
    kind: Kind,
    skill_name: Type.String(),
    ...outcomeCounts,
    completion_rate: CompletionRate,
    invocation_count_1h: count('Invoked within the last hour, to the minute.'),
    invocation_count_24h: count('Invoked within the last 24 hours, to the minute.'),
    completion_rate_24h: CompletionRate,
    execution: DurationSummary,
    elapsed: DurationSummary,
    first_invoked_at: Instant,
    last_invoked_at: Instant,
  },
  { description: 'Counts, rates and durations of one skill.' },
)
export type SkillSummary = Static<typeof SkillSummary>

const sessionCounts = {
  session_id: Type.String(),
  ...outcomeCounts,
  first_invoked_at: Instant,
  last_active_at: Instant,
}
const SessionCounts = Type.Object(sessionCounts)
export type SessionCounts = Static<typeof SessionCounts>

export const SessionSummary = Type.Object(
  { ...sessionCounts, usage: UsageSums },
  { description: 'Counts of one session, and its tokens and money.' },
)
export type SessionSummary = Static<typeof SessionSummary>

export const SessionSkill = Type.Object({
  kind: Kind,
  skill_name: Type.String(),
  invocation_count: count('Invocations in the session.'),
})
export type SessionSkill = Static<typeof SessionSkill>

/** One hour of one skill. Hours without invocations are absent. */
export const TimeSeriesPoint = Type.Object(
  {
    hour_at: Instant,
    kind: Kind,
    skill_name: Type.String(),
    ...outcomeCounts,
    completion_rate: CompletionRate,
    execution_count: count('Invocations with an execution time.'),
    execution_mean_ms: orNull(Type.Number({ minimum: 0 })),
    elapsed_count: count('Invocations with an elapsed time.'),
    elapsed_mean_ms: orNull(Type.Number({ minimum: 0 })),
  },
  { description: 'One hour of one skill; hours without invocations are absent.' },
)
export type TimeSeriesPoint = Static<typeof TimeSeriesPoint>

/** Orders of a skill list; always descending, equal values by name. */
export const SkillOrder = Type.Enum([
  'invocation_count',
  'last_invoked_at',
  'invocation_count_24h',
  'failed_count',
])
export type SkillOrder = Static<typeof SkillOrder>

export const InvocationFilter = Type.Object({
  kind: Type.Optional(Kind),
  skill_name: Type.Optional(Type.String()),
  session_id: Type.Optional(Type.String()),
  outcome: Type.Optional(Outcome),
  workflow_phase: Type.Optional(Type.String()),
})
