import { type Static, Type } from 'typebox'
import { FindingChange } from './finding.ts'
import { Instant } from './instant.ts'
import { Change, StreamPosition } from './invocation.ts'
import { outcomeCounts, SkillSummary } from './summaries.ts'
import { name } from './text.ts'
import { TurnChange, UseChange } from './uses.ts'
import { Kind, Outcome } from './words.ts'

const oneOrMany = <T extends Type.TSchema>(schema: T) =>
  Type.Union([schema, Type.Array(schema, { minItems: 1, maxItems: 50 })])

/** Selects the changes of a subscription: all given fields must match; a list matches any of its values. */
export const StreamFilter = Type.Object(
  {
    kind: Type.Optional(oneOrMany(Kind)),
    skill_name: Type.Optional(oneOrMany(name('Exact name.'))),
    session_id: Type.Optional(oneOrMany(name('Exact id.'))),
    workflow_phase: Type.Optional(oneOrMany(name('Exact phase.'))),
    outcome: Type.Optional(oneOrMany(Outcome)),
  },
  {
    additionalProperties: false,
    description: 'All given fields must match; a list matches any of its values.',
  },
)
export type StreamFilter = Static<typeof StreamFilter>

/** What a subscription is sent changes of. */
export const StreamEntity = Type.Enum(['invocation', 'use', 'turn', 'finding'])
export type StreamEntity = Static<typeof StreamEntity>

const SubscriptionId = Type.String({
  minLength: 1,
  maxLength: 64,
  description: "The client's id for the subscription.",
})

const closed = { additionalProperties: false }

export const AuthMessage = Type.Object(
  { type: Type.Literal('auth'), api_key: Type.String({ maxLength: 200 }) },
  {
    ...closed,
    description:
      'The first message, if a key is required and the handshake carried none (browsers cannot set ' +
      'headers).',
  },
)
export const SubscribeMessage = Type.Object(
  {
    type: Type.Literal('subscribe'),
    id: SubscriptionId,
    filter: Type.Optional(StreamFilter),
    entities: Type.Optional(
      Type.Array(StreamEntity, {
        minItems: 1,
        maxItems: 4,
        description:
          'Changes of what: invocations (default), uses and turns, which are derived from them, and ' +
          'findings. A filter compares the fields that an entity has; a turn has only `session_id`, a ' +
          'finding `kind` and `skill_name`.',
      }),
    ),
    from: Type.Optional(
      Type.Union([Type.Literal('now'), Type.Literal('start'), StreamPosition], {
        description:
          '`now` (default), `start` (the oldest change in the log), or the position of the last ' +
          'change that was received.',
      }),
    ),
  },
  { ...closed, description: 'Subscribes to changes.' },
)
export const SubscribeMetricsMessage = Type.Object(
  {
    type: Type.Literal('subscribe_metrics'),
    id: SubscriptionId,
    kind: Type.Optional(Kind),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        description: 'Number of skills in a snapshot. Default: 10.',
      }),
    ),
    interval_ms: Type.Optional(
      Type.Integer({
        minimum: 1_000,
        maximum: 3_600_000,
        description: 'Time between two snapshots. Default: 1,000.',
      }),
    ),
  },
  { ...closed, description: 'Subscribes to snapshots of the metrics.' },
)
export const UnsubscribeMessage = Type.Object(
  { type: Type.Literal('unsubscribe'), id: SubscriptionId },
  { ...closed, description: 'Ends a subscription to changes or metrics.' },
)
export const PingMessage = Type.Object(
  { type: Type.Literal('ping') },
  { ...closed, description: 'The server answers with `pong`.' },
)

export const ClientMessage = Type.Union([
  AuthMessage,
  SubscribeMessage,
  SubscribeMetricsMessage,
  UnsubscribeMessage,
  PingMessage,
])
export type AuthMessage = Static<typeof AuthMessage>
export type SubscribeMessage = Static<typeof SubscribeMessage>
export type SubscribeMetricsMessage = Static<typeof SubscribeMetricsMessage>
export type UnsubscribeMessage = Static<typeof UnsubscribeMessage>
export type PingMessage = Static<typeof PingMessage>
export type ClientMessage = Static<typeof ClientMessage>

export const HelloMessage = Type.Object(
  {
    type: Type.Literal('hello'),
    epoch: Type.String(),
    offset: Type.Integer({ minimum: 0 }),
    project: Type.String({
      description:
        'The project of the log: that of the key. Without a key: the open project that the parameter ' +
        '`project` of the address names, or `default`.',
    }),
    server_version: Type.String(),
  },
  {
    description: 'First message of the server. If a key is required, it follows after the key was accepted.',
  },
)
export const SubscribedMessage = Type.Object(
  {
    type: Type.Literal('subscribed'),
    id: SubscriptionId,
    epoch: Type.String(),
    offset: Type.Integer({ minimum: 0, description: 'The first `changes` begins at this offset + 1.' }),
    recovered: Type.Boolean({
      description:
        'False: the requested position is not in this log (another epoch, or older than the log). ' +
        'Nothing is replayed, and the subscription starts at `offset`, now.',
    }),
  },
  { description: 'The subscription has begun.' },
)
export const ChangesMessage = Type.Object(
  {
    type: Type.Literal('changes'),
    id: SubscriptionId,
    from: Type.Integer({ minimum: 1 }),
    to: Type.Integer({ minimum: 1 }),
    items: Type.Array(Type.Union([Change, UseChange, TurnChange, FindingChange])),
  },
  {
    description:
      'All changes from `from` to `to`, both included, that match the filter. `from` is the ' +
      'previous `to` + 1, so a gap proves a loss.',
  },
)
export const CaughtUpMessage = Type.Object(
  { type: Type.Literal('caught_up'), id: SubscriptionId, offset: Type.Integer({ minimum: 0 }) },
  { description: 'The replay is complete, or a paused client has caught up. Later changes are live.' },
)
export const MetricsMessage = Type.Object(
  {
    type: Type.Literal('metrics'),
    id: SubscriptionId,
    at: Instant,
    epoch: Type.String(),
    offset: Type.Integer({ minimum: 0 }),
    active_sessions: Type.Integer({ minimum: 0 }),
    totals: Type.Object(outcomeCounts),
    skills: Type.Array(SkillSummary),
  },
  { description: 'Snapshot: totals over all skills of the requested kind, and the most used skills.' },
)
export const UnsubscribedMessage = Type.Object(
  { type: Type.Literal('unsubscribed'), id: SubscriptionId },
  { description: 'The subscription has ended; no more messages follow for it.' },
)
export const ErrorMessage = Type.Object(
  {
    type: Type.Literal('error'),
    code: Type.Enum(['invalid_message', 'duplicate_id', 'unknown_id', 'too_many_subscriptions']),
    message: Type.String({ description: 'What was expected, what was received, and what to do.' }),
    id: Type.Optional(Type.String()),
  },
  { description: 'A message was refused; the connection stays open.' },
)
export const PongMessage = Type.Object({ type: Type.Literal('pong') }, { description: 'Answer to `ping`.' })

export const ServerMessage = Type.Union([
  HelloMessage,
  SubscribedMessage,
  ChangesMessage,
  CaughtUpMessage,
  MetricsMessage,
  UnsubscribedMessage,
  ErrorMessage,
  PongMessage,
])
export type HelloMessage = Static<typeof HelloMessage>
export type SubscribedMessage = Static<typeof SubscribedMessage>
export type ChangesMessage = Static<typeof ChangesMessage>
export type CaughtUpMessage = Static<typeof CaughtUpMessage>
export type MetricsMessage = Static<typeof MetricsMessage>
export type UnsubscribedMessage = Static<typeof UnsubscribedMessage>
export type ErrorMessage = Static<typeof ErrorMessage>
export type PongMessage = Static<typeof PongMessage>
export type ServerMessage = Static<typeof ServerMessage>

/**
 * Close codes in addition to those of RFC 6455. After 4000–4499, a client connects again with its last
 * position. After 4500–4999 it does not; the reason names the cause. session-buddy's protocol has only 4001,
 * authentication failed.
 */
export const CLOSE_CODES = {
  shutdown: { code: 4000, reason: 'the server is shutting down' },
  slow: { code: 4008, reason: 'too slow: resume from the last position' },
  logReplaced: { code: 4010, reason: 'the change log was replaced: subscribe again' },
  noPong: { code: 4012, reason: 'no pong in time' },
  rateLimited: { code: 4029, reason: 'too many messages: wait, then come back' },
  tooManyClients: { code: 4053, reason: 'too many clients: wait, then come back' },
  unauthorized: { code: 4501, reason: 'an API key with scope read is required' },
} as const
