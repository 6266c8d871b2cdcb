import { type Static, Type } from 'typebox'
import { InstantInput } from './instant.ts'
import { DURATION_MS_MAX, LONG_TEXT_LENGTH_MAX } from './limits.ts'
import { name, text } from './text.ts'
import { Kind, Outcome, Trigger, Witness } from './words.ts'

export { DURATION_MS_MAX }

const durationMs = (description: string) =>
  Type.Number({ description, minimum: 0, maximum: DURATION_MS_MAX })

/** Custom fields of the caller. */
export const Attributes = Type.Unsafe<Record<string, string | number | boolean>>({
  type: 'object',
  description:
    'Custom fields of the caller, without nesting. Prefer registered OpenTelemetry attribute names.',
  maxProperties: 64,
  propertyNames: { minLength: 1, maxLength: 100, pattern: '^[^\\p{Cc}\\p{Cs}]*$' },
  additionalProperties: {
    anyOf: [text('text'), { type: 'number' }, { type: 'boolean' }],
  },
})
export type Attributes = Static<typeof Attributes>

/**
 * What one witness reports of one invocation. The start and the end of a call may be two observations with
 * one `invocation_id`. Absent fields are unknown, not empty.
 */
export const Observation = Type.Object(
  {
    invocation_id: Type.Optional(
      name(
        'Idempotency key within the project. If absent, ingest makes one and returns it. UUIDv7 is ' +
          'a good choice.',
      ),
    ),
    kind: Type.Optional(Type.Enum(Kind.enum, { description: 'What was called. Default: `skill`.' })),
    skill_name: name('Name of the skill, command, sub-agent or tool.'),
    session_id: name('One agent conversation (OpenTelemetry `gen_ai.conversation.id`).'),
    witness: Type.Optional(Witness),
    agent_name: Type.Optional(name('The agent that made the call, such as `claude-code`.')),
    agent_version: Type.Optional(name('Version of that agent.')),
    model: Type.Optional(name('The model that asked for the call, as the agent names it.')),
    repository: Type.Optional(name('Name of the folder that the agent worked in, without its path.')),
    branch: Type.Optional(name('Git branch that was checked out.')),
    user_id: Type.Optional(name('The user of the agent. Only a keyed hash is stored.')),
    prompt_id: Type.Optional(name('The prompt of the session that led to the call.')),
    parent_invocation_id: Type.Optional(name('The invocation inside which this one ran.')),
    trigger: Type.Optional(Trigger),
    invoked_at: Type.Optional(InstantInput),
    ended_at: Type.Optional(InstantInput),
    outcome: Type.Optional(Outcome),
    execution_ms: Type.Optional(durationMs("The tool's own time, in milliseconds.")),
    elapsed_ms: Type.Optional(durationMs('Time from call to result, waiting included, in milliseconds.')),
    duration_seconds: Type.Optional(
      Type.Number({
        description: "session-buddy's field for `execution_ms`, in seconds.",
        minimum: 0,
        maximum: DURATION_MS_MAX / 1000,
      }),
    ),
    span_ms: Type.Optional(
      Type.Number({
        description: 'The former name of `elapsed_ms`.',
        minimum: 0,
        maximum: DURATION_MS_MAX,
        deprecated: true,
      }),
    ),
    error_type: Type.Optional(text('Short class of the failure, such as `TimeoutError`.')),
    workflow_path: Type.Optional(text('Path through a workflow, such as `quick`.', 200)),
    workflow_phase: Type.Optional(
      name(
        'Stage of the work, such as `setup`, `execution`, `verification`, `cleanup`, `rollback`, ' +
          '`deployment`.',
      ),
    ),
    workflow_step_id: Type.Optional(name('Step of the workflow that made the call.')),
    user_query: Type.Optional(
      text(
        'Text of the prompt. Only its size and a keyed hash are stored, unless the project stores text.',
        LONG_TEXT_LENGTH_MAX,
      ),
    ),
    arguments: Type.Optional(
      text(
        'Arguments of the call. Only their size and a keyed hash are stored, unless the project ' +
          'stores text.',
        LONG_TEXT_LENGTH_MAX,
      ),
    ),
    result: Type.Optional(
      text(
        'Result of the call. Only its size and a keyed hash are stored, unless the project stores text.',
        LONG_TEXT_LENGTH_MAX,
      ),
    ),
    alternatives_considered: Type.Optional(
      Type.Array(name('Another skill that the agent could have chosen.'), { maxItems: 50 }),
    ),
    selection_rank: Type.Optional(
      Type.Integer({
        description: 'Rank of the chosen skill among the alternatives; 1 is the best.',
        minimum: 1,
        maximum: 10_000,
      }),
    ),
    follow_up_actions: Type.Optional(Type.Array(text('An action after the call.', 200), { maxItems: 50 })),
    rating: Type.Optional(
      Type.Number({ description: 'Rating by the user, 1 to 5.', minimum: 1, maximum: 5 }),
    ),
    skill_version: Type.Optional(name('Version or content hash of the skill.')),
    attributes: Type.Optional(Attributes),
  },
  { additionalProperties: false, description: 'What one witness reports of one invocation.' },
)
export type Observation = Static<typeof Observation>

/** Why one item of a request was rejected. */
export const RejectedItem = Type.Object(
  {
    index: Type.Integer({
      description:
        'Position of the item in the request, from 0. NDJSON: position among the non-empty lines.',
      minimum: 0,
    }),
    pointer: Type.String({ description: 'RFC 6901 JSON pointer into the item; empty for the whole item.' }),
    reason: Type.String({ description: 'What is wrong with the value.' }),
  },
  { description: 'Why one item of a request was rejected.' },
)
export type RejectedItem = Static<typeof RejectedItem>

/** Answer to a recording request, given after the commit. */
export const RecordReply = Type.Object(
  {
    accepted: Type.Integer({ description: 'Observations that were stored.', minimum: 0 }),
    duplicates: Type.Integer({
      description: 'Observations that changed nothing, because their content was already stored.',
      minimum: 0,
    }),
    rejected: Type.Array(RejectedItem),
    invocation_ids: Type.Optional(
      Type.Array(Type.Union([Type.String(), Type.Null()]), {
        description:
          'Only if an item had no `invocation_id`: the ids of all items in order, null for a rejected item.',
      }),
    ),
  },
  { description: 'Answer to a recording request. Accepted observations are committed.' },
)
export type RecordReply = Static<typeof RecordReply>
