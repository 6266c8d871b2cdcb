import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { Invocation } from './invocation.ts'
import { responseSums } from './usage.ts'
import { Kind, Outcome, Trigger } from './words.ts'

const count = (description: string) => Type.Integer({ description, minimum: 0 })
const ms = (description: string) => Type.Number({ description, minimum: 0 })
const label = (description: string) => Type.Union([Type.String(), Type.Null()], { description })

const callCounts = {
  calls: count('Calls, without the activation of the use itself.'),
  failed_calls: count('Calls that failed.'),
  rejected_calls: count('Calls that the user or a policy refused.'),
  retried_calls: count('Calls of a tool whose call before, of the same use, failed.'),
}

/** What a use caused by itself. */
const ownWork = {
  ...callCounts,
  work_ms: ms('From the activation to the end of the work, in milliseconds.'),
  ...responseSums,
}

type WithNested<Sums> = { [Name in keyof Sums & string as `${Name}_with_nested`]: Sums[Name] }

/** The same with the uses that are nested in it. */
const workWithNested = Object.fromEntries(
  Object.entries(ownWork).map(([name, schema]) => [`${name}_with_nested`, schema]),
) as WithNested<typeof ownWork>

/** One use of a skill, command or agent: its activation, and what followed from it in its turn. */
export const Use = Type.Object(
  {
    use_id: Type.String({ description: 'The `invocation_id` of the activation.' }),
    kind: Kind,
    skill_name: Type.String(),
    session_id: Type.String(),
    prompt_id: label('The prompt whose turn it belongs to; null where no witness names it.'),
    parent_use_id: label('The use that it is nested in.'),
    trigger: Trigger,
    outcome: Outcome,
    began_at: Instant,
    ended_at: Type.Unsafe<string>({
      ...Instant,
      description: 'End of its work so far, nested uses included.',
    }),
    settled: Type.Boolean({
      description:
        'The turn is over: by the next prompt, the end of the session, the user, or half an hour of silence.',
    }),
    interrupted: Type.Boolean({ description: 'The user stopped the agent while the use was active.' }),
    used_again: Type.Union([Type.Boolean(), Type.Null()], {
      description: 'The next turn of the session uses the same skill; null while there is none.',
    }),
    agent_name: label('The agent, such as `claude-code`.'),
    repository: label('Name of the folder that the agent worked in, without its path.'),
    branch: label('Git branch.'),
    model: label('The model that wrote most of its tokens.'),
    ...ownWork,
    ...workWithNested,
  },
  {
    description:
      'One use of a skill, command or agent with what followed from it: by itself, and with the uses ' +
      'nested in it.',
  },
)
export type Use = Static<typeof Use>

/** What ended a turn. */
const TurnEnd = Type.Union([Type.Enum(['prompt', 'session_end', 'interruption', 'silence']), Type.Null()], {
  description:
    'prompt: the next one of the session. interruption: by the user. silence: nothing for half an hour. ' +
    'Null: it is not over.',
})

/** One prompt of a user and everything until the next one of its session. */
export const Turn = Type.Object(
  {
    turn_id: Type.Integer({ description: 'Number of the turn in this database; never given again.' }),
    prompt_id: Type.String(),
    session_id: Type.String(),
    began_at: Instant,
    last_active_at: Instant,
    ended_by: TurnEnd,
    agent_name: label('The agent, such as `claude-code`.'),
    agent_version: label('Version of the agent.'),
    repository: label('Name of the folder that the agent worked in, without its path.'),
    branch: label('Git branch.'),
    models: Type.Array(Type.String(), { description: 'Models that answered.' }),
    uses: count('Uses of skills, commands and agents.'),
    calls: count('Calls.'),
    failed_calls: count('Calls that failed.'),
    rejected_calls: count('Calls that the user or a policy refused.'),
    retried_calls: count('Calls of a tool whose call before, in the same turn, failed.'),
    calls_by_kind: Type.Record(
      Type.String(),
      Type.Object({ calls: count('Calls.'), failed_calls: count('Calls that failed.') }),
    ),
    ...responseSums,
  },
  { description: 'One prompt and everything until the next one of its session. The text is not recorded.' },
)
export type Turn = Static<typeof Turn>

/** What sums of uses can be grouped by. */
export const USE_GROUPS = [
  'skill',
  'kind',
  'day',
  'week',
  'month',
  'repository',
  'branch',
  'model',
  'agent',
] as const
export type UseGroup = (typeof USE_GROUPS)[number]

const groupLabel = (description: string) => Type.Optional(label(description))

/** The fields of what was asked `by`. */
const groupFields = {
  kind: Type.Optional(Kind),
  skill_name: Type.Optional(Type.String()),
  day: Type.Optional(Type.String({ description: 'As YYYY-MM-DD, in the time zone of the request.' })),
  week: Type.Optional(Type.String({ description: 'The Monday of the week, as YYYY-MM-DD.' })),
  month: Type.Optional(Type.String({ description: 'As YYYY-MM.' })),
  repository: groupLabel('Null if it is unknown.'),
  branch: groupLabel('Null if it is unknown.'),
  model: groupLabel('Null if it is unknown.'),
  agent: groupLabel('Null if it is unknown.'),
}

/** One group of uses: the fields of what was asked `by`, and sums. */
export const UseSummary = Type.Object(
  {
    ...groupFields,
    last_invoked_at: Type.Optional(
      Type.Unsafe<string>({
        ...Instant,
        description: 'When the skill was called last, at any time. There when grouped by skill alone.',
      }),
    ),
    uses: count('Uses that began in the window.'),
    uses_before: Type.Optional(count('Uses that began in the time before, when it is compared.')),
    interrupted_uses: count('Uses during which the user stopped the agent.'),
    used_again: count('Uses whose skill the next turn used again.'),
    ...ownWork,
    ...workWithNested,
  },
  {
    description:
      'Sums over uses. Those with nested leave out uses that are nested in a use of the same skill.',
  },
)
export type UseSummary = Static<typeof UseSummary>

/** The time before a window, which is equally long. */
const TimeBefore = Type.Object(
  {
    since: Instant,
    until: Instant,
    no_longer_used: Type.Array(Type.Object({ ...groupFields, uses_before: count('Uses.') }), {
      description: 'Groups with uses in the time before and nothing in the window, the most used first.',
    }),
  },
  { description: 'The equally long time before, when it is compared.' },
)

export const UseSummaryReply = Type.Object(
  {
    since: Instant,
    until: Instant,
    time_zone: Type.String({ description: 'IANA time zone of days, weeks and months.' }),
    by: Type.Array(Type.Enum([...USE_GROUPS])),
    before: Type.Optional(TimeBefore),
    items: Type.Array(UseSummary, { description: 'In the order of the groups, ascending.' }),
  },
  { description: 'What uses caused in a window.' },
)
export type UseSummaryReply = Static<typeof UseSummaryReply>

/** A call in its place. */
export const TimelineEntry = Type.Object(
  {
    depth: count('How many uses are around it.'),
    in_use: label('The use that it belongs to: the nearest entry before it with this `use_id`.'),
    invocation: Invocation,
    use: Type.Optional(Use),
  },
  { description: 'A call in its place, and what followed from it when it is a use.' },
)
export type TimelineEntry = Static<typeof TimelineEntry>

/** A turn with its calls as a tree. */
export const TimelineTurn = Type.Object(
  {
    turn: Type.Union([Turn, Type.Null()], {
      description: 'Null: the calls of the session whose prompt no witness names.',
    }),
    entries: Type.Array(TimelineEntry, {
      description: 'In the order of the tree: each call after the use that it belongs to.',
    }),
    omitted_calls: count('Calls that are not listed, as only the first 2,000 of a turn are.'),
  },
  { description: 'A turn with its calls as a tree.' },
)
export type TimelineTurn = Static<typeof TimelineTurn>

/** A use was derived or changed, or is gone. */
export const UseChange = Type.Union([
  Type.Object({ offset: Type.Integer({ minimum: 1 }), op: Type.Enum(['insert', 'update']), use: Use }),
  Type.Object({ offset: Type.Integer({ minimum: 1 }), op: Type.Literal('delete'), use_id: Type.String() }),
])
export type UseChange = Static<typeof UseChange>

/** A turn was derived or changed, or is gone. */
export const TurnChange = Type.Union([
  Type.Object({ offset: Type.Integer({ minimum: 1 }), op: Type.Enum(['insert', 'update']), turn: Turn }),
  Type.Object({
    offset: Type.Integer({ minimum: 1 }),
    op: Type.Literal('delete'),
    turn_id: Type.Integer(),
  }),
])
export type TurnChange = Static<typeof TurnChange>
