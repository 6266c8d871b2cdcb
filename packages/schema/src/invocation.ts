import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { Attributes } from './observation.ts'
import { Kind, Outcome, Trigger, Witness } from './words.ts'

const ms = Type.Optional(Type.Number({ minimum: 0 }))
const string = Type.Optional(Type.String())

/** One call, merged from the records of all its witnesses. Unknown fields are absent. */
export const Invocation = Type.Object(
  {
    invocation_id: Type.String(),
    kind: Kind,
    skill_name: Type.String(),
    session_id: Type.String(),
    agent_name: string,
    agent_version: string,
    model: string,
    repository: string,
    branch: string,
    user_hash: Type.Optional(
      Type.String({
        description: 'Keyed hash of the user id. Equal users have equal hashes within a project.',
      }),
    ),
    prompt_id: string,
    parent_invocation_id: string,
    trigger: Trigger,
    invoked_at: Instant,
    ended_at: Type.Optional(Instant),
    outcome: Outcome,
    completed: Type.Boolean({ description: 'True when `outcome` is `completed`.' }),
    execution_ms: ms,
    elapsed_ms: ms,
    error_type: string,
    workflow_path: string,
    workflow_phase: string,
    workflow_step_id: string,
    user_query_bytes: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Size of the query in UTF-8.' }),
    ),
    user_query_hash: Type.Optional(Type.String({ description: 'Keyed hash of the query.' })),
    arguments_bytes: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Size of the arguments in UTF-8.' }),
    ),
    arguments_hash: Type.Optional(Type.String({ description: 'Keyed hash of the arguments.' })),
    result_bytes: Type.Optional(Type.Integer({ minimum: 0, description: 'Size of the result in UTF-8.' })),
    result_hash: Type.Optional(Type.String({ description: 'Keyed hash of the result.' })),
    alternatives_considered: Type.Optional(Type.Array(Type.String())),
    selection_rank: Type.Optional(Type.Integer()),
    follow_up_actions: Type.Optional(Type.Array(Type.String())),
    rating: Type.Optional(Type.Number()),
    skill_version: string,
    attributes: Type.Optional(Attributes),
    witnesses: Type.Array(Witness, {
      description: 'The witnesses that reported the call, in a fixed order.',
    }),
  },
  { description: 'One call, merged from the records of all its witnesses. Unknown fields are absent.' },
)
export type Invocation = Static<typeof Invocation>

/**
 * An invocation was stored or changed. It is sent as it is when it is read, not as it was at this offset.
 */
export const UpsertChange = Type.Object({
  offset: Type.Integer({ minimum: 1 }),
  op: Type.Enum(['insert', 'update']),
  invocation: Invocation,
})
export type UpsertChange = Static<typeof UpsertChange>

/** An invocation no longer exists: it was deleted, or turned out to be part of another one. */
export const DeleteChange = Type.Object({
  offset: Type.Integer({ minimum: 1 }),
  op: Type.Literal('delete'),
  invocation_id: Type.String(),
})
export type DeleteChange = Static<typeof DeleteChange>

/** One committed change. */
export const Change = Type.Union([UpsertChange, DeleteChange], {
  description:
    'One committed change. Readers upsert or delete by `invocation_id`. An invocation is sent as it ' +
    'is when it is read, and every earlier change of a deleted one reads as `delete`.',
})
export type Change = Static<typeof Change>

/** A position in the change log of a project: `offset` counts from 1 within an `epoch`. */
export const StreamPosition = Type.Object(
  {
    epoch: Type.String({
      description: 'Random id of this change log. A restored database has a new one.',
    }),
    offset: Type.Integer({
      minimum: 0,
      description: 'Offset of the newest change seen; 0 before the first.',
    }),
  },
  { description: 'A position in the change log of a project.' },
)
export type StreamPosition = Static<typeof StreamPosition>
