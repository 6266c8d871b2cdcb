import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { NAME_LENGTH_MAX } from './limits.ts'
import { Kind } from './words.ts'

/** Texts that a project may choose to store; otherwise only their sizes and keyed hashes are stored. */
export const TextField = Type.Enum(['user_query', 'arguments', 'result'], {
  description:
    'A text that is stored only if the project chooses so. Otherwise its size and a keyed hash are stored.',
})
export type TextField = Static<typeof TextField>
export const TEXT_FIELDS: readonly TextField[] = TextField.enum

/** A tenant with its choice of stored texts. */
export const Project = Type.Object(
  {
    name: Type.String(),
    store_text: Type.Array(TextField, {
      description: 'Texts that are stored, with secrets redacted. None by default.',
    }),
    store_places: Type.Boolean({
      description: 'Whether folder and branch of requests to models are stored. True by default.',
    }),
    created_at: Instant,
  },
  { description: 'A tenant with its choice of what is stored.' },
)
export type Project = Static<typeof Project>

export const ChangeProject = Type.Object(
  {
    store_text: Type.Optional(
      Type.Array(TextField, {
        description: 'All texts to store from now on. An empty list stores none.',
        uniqueItems: true,
      }),
    ),
    store_places: Type.Optional(
      Type.Boolean({ description: 'Whether to store folder and branch from now on.' }),
    ),
  },
  { additionalProperties: false, minProperties: 1, description: 'What to change; the rest stays.' },
)
export type ChangeProject = Static<typeof ChangeProject>

const storedName = (description: string) =>
  Type.Optional(Type.String({ description, minLength: 1, maxLength: NAME_LENGTH_MAX }))

/** What to delete: exactly one of all these; only `kind` is given with another, `skill_name`. */
export const DeletionQuery = Type.Object(
  {
    session_id: storedName('Delete everything of this session.'),
    user_id: storedName(
      'Delete everything of this user, by the id that was reported. Its keyed hash is compared.',
    ),
    agent_name: storedName('Delete everything that this agent reported, such as `claude-code`.'),
    skill_name: storedName('Delete every call of this skill, command, sub-agent or tool.'),
    kind: Type.Optional(Kind),
    before: Type.Optional(
      Type.String({
        description:
          'Delete every invocation that began before this: RFC 3339 date-time with offset, or epoch ' +
          'milliseconds.',
        minLength: 1,
        maxLength: 50,
      }),
    ),
    project: storedName(
      'Delete everything of this project. It must be the project of the request, so that nothing else is ' +
        'deleted by mistake.',
    ),
  },
  { additionalProperties: false },
)
export type DeletionQuery = Static<typeof DeletionQuery>

/** The selection of the request, without the id of a user. */
export const DeletionSelection = Type.Object(
  {
    session_id: Type.Optional(Type.String()),
    user_id: Type.Optional(
      Type.Literal('given', { description: 'A user was selected; the id is not repeated.' }),
    ),
    agent_name: Type.Optional(Type.String()),
    skill_name: Type.Optional(Type.String()),
    kind: Type.Optional(Kind),
    before: Type.Optional(Instant),
    project: Type.Optional(Type.String()),
  },
  { description: 'The selection of the request, without the id of a user.' },
)
export type DeletionSelection = Static<typeof DeletionSelection>

const offset = (description: string) =>
  Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], { description })

/**
 * Proof of a deletion. `selection` is in the answer to the deletion only: what was deleted is not stored.
 */
export const DeletionReceipt = Type.Object(
  {
    receipt_id: Type.String({
      description: 'Names this deletion: `GET /v1/deletions/{receipt_id}` shows whether it is final.',
    }),
    deleted_at: Instant,
    status: Type.Enum(['pending', 'final'], {
      description:
        'pending: the rows are deleted, and the database file may still hold traces of them. ' +
        'final: the file holds none.',
    }),
    final_by: Type.String({
      format: 'date-time',
      description: 'It is final at this instant at the latest.',
    }),
    final_at: Type.Optional(Type.String({ format: 'date-time', description: 'When it became final.' })),
    project: Type.String(),
    selection: Type.Optional(DeletionSelection),
    invocations: Type.Integer({ minimum: 0, description: 'Invocations that were deleted.' }),
    uncorrelated_observations: Type.Integer({
      minimum: 0,
      description: 'Uncorrelated observations that were deleted.',
    }),
    api_requests: Type.Integer({
      minimum: 0,
      description: 'Requests to models that were deleted, with their tokens and costs.',
    }),
    experiment_assignments: Type.Integer({
      minimum: 0,
      description: 'Assignments of users to groups of experiments that were deleted.',
    }),
    experiment_outcomes: Type.Integer({
      minimum: 0,
      description: 'Outcomes of experiments that were deleted.',
    }),
    first_offset: offset(
      'Offset of the first `delete` of this deletion in the change log; null if there is none.',
    ),
    last_offset: offset('Offset of the last `delete` of this deletion; null if there is none.'),
  },
  { description: 'Proof of a deletion.' },
)
export type DeletionReceipt = Static<typeof DeletionReceipt>
