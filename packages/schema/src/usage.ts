import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { Kind } from './words.ts'

const count = (description: string) => Type.Integer({ description, minimum: 0 })

/** What responses can be summed by. */
export const USAGE_GROUPS = [
  'day',
  'week',
  'month',
  'model',
  'repository',
  'branch',
  'agent',
  'session',
  'skill',
  'kind',
] as const
export const UsageGroup = Type.Enum([...USAGE_GROUPS])
export type UsageGroup = Static<typeof UsageGroup>

/** Where the money of a sum is from. */
export const CostSource = Type.Enum(['reported', 'estimated', 'mixed', 'none'], {
  description:
    'reported: by the agent. estimated: tokens times the price of the model. mixed: some of each. none: ' +
    'neither is known, so `cost_usd` is null.',
})
export type CostSource = Static<typeof CostSource>

/** Tokens and money of responses of models. */
export const responseSums = {
  responses: count('Responses of models. A response that several witnesses report counts once.'),
  input_tokens: count('Tokens of the prompt that were not read from a cache.'),
  output_tokens: count('Tokens that the model wrote.'),
  cache_read_tokens: count('Tokens of the prompt that were read from a cache.'),
  cache_creation_tokens: count('Tokens of the prompt that were written to a cache.'),
  cost_usd: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
    description: 'In US dollars, without the responses of `unpriced_responses`; null if no cost is known.',
  }),
  cost_source: CostSource,
  unpriced_responses: count('Responses whose cost is neither reported nor can be estimated.'),
}

const sums = {
  calls: count('Calls. Of most calls that hooks and logs report, the model is not known.'),
  failed_calls: count('Calls that failed.'),
  ...responseSums,
}

export const UsageSums = Type.Object(sums, { description: 'Sums over responses of models.' })
export type UsageSums = Static<typeof UsageSums>

const label = (description: string) => Type.Optional(Type.Union([Type.String({ description }), Type.Null()]))

/** One group: the fields of what was asked `by`, and its sums. */
export const UsageItem = Type.Object(
  {
    day: Type.Optional(Type.String({ description: 'As YYYY-MM-DD, in the time zone of the request.' })),
    week: Type.Optional(Type.String({ description: 'The Monday of the week, as YYYY-MM-DD.' })),
    month: Type.Optional(Type.String({ description: 'As YYYY-MM.' })),
    model: label('As the agent names it; null if it is unknown.'),
    repository: label('Name of the folder that the agent worked in, without its path; null if unknown.'),
    branch: label('Git branch; null if it is unknown.'),
    agent: label('The agent, such as `claude-code`; null if it is unknown.'),
    session: Type.Optional(Type.String({ description: 'The session.' })),
    kind: Type.Optional(
      Type.Union([Kind, Type.Null()], {
        description: 'Kind of the skill whose uses caused it; null if no use did.',
      }),
    ),
    skill_name: label('The skill whose uses caused it, by themselves; null if no use did.'),
    ...sums,
  },
  { description: 'The sums of one group.' },
)
export type UsageItem = Static<typeof UsageItem>

export const UsageReply = Type.Object(
  {
    since: Type.Union([Instant, Type.Null()], {
      description: 'Start of the window; null: everything before.',
    }),
    until: Instant,
    time_zone: Type.String({ description: 'IANA time zone of days, weeks and months.' }),
    by: Type.Array(UsageGroup),
    items: Type.Array(UsageItem, { description: 'In the order of the groups, ascending.' }),
    totals: UsageSums,
  },
  { description: 'Tokens and money of responses in a window.' },
)
export type UsageReply = Static<typeof UsageReply>
