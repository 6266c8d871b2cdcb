import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { firstError, type Refusal } from './first-error.ts'
import { InstantInput } from './instant.ts'
import { COST_USD_MAX, DURATION_MS_MAX, TOKENS_MAX } from './limits.ts'
import { parseInstant } from './parse-instant.ts'
import { name } from './text.ts'

const count = Type.Integer({ minimum: 0 })
const tokens = (description: string) =>
  Type.Optional(Type.Integer({ description, minimum: 0, maximum: TOKENS_MAX }))

/**
 * One request of an agent to a model, with what its response used, as one witness reports it. Several
 * witnesses may report one request: of each count the largest is kept, as counts grow while a response is
 * streamed.
 */
export const ApiRequestInput = Type.Object(
  {
    request_id: name('Idempotency key within the project: the id that the provider gave the request.'),
    session_id: name('The agent conversation that made the request.'),
    prompt_id: Type.Optional(name('The prompt of the session that led to the request.')),
    user_id: Type.Optional(name('The user of the agent. Only a keyed hash is stored.')),
    agent_name: Type.Optional(name('The agent that made the request, such as `claude-code`.')),
    model: Type.Optional(name('The model that answered, as the agent names it.')),
    repository: Type.Optional(name('Name of the folder that the agent worked in, without its path.')),
    branch: Type.Optional(name('Git branch that was checked out.')),
    parent_invocation_id: Type.Optional(
      name('The call inside which the request was made: that of a sub-agent, for its requests.'),
    ),
    requested_at: InstantInput,
    duration_ms: Type.Optional(
      Type.Number({ description: 'Time to the end of the response.', minimum: 0, maximum: DURATION_MS_MAX }),
    ),
    input_tokens: tokens('Tokens of the prompt that were not read from a cache.'),
    output_tokens: tokens('Tokens that the model wrote.'),
    cache_read_tokens: tokens('Tokens of the prompt that were read from a cache.'),
    cache_creation_tokens: tokens('Tokens of the prompt that were written to a cache.'),
    cost_usd: Type.Optional(
      Type.Number({ description: 'In US dollars, as reported.', minimum: 0, maximum: COST_USD_MAX }),
    ),
  },
  { additionalProperties: false, description: 'One request to a model, with what its response used.' },
)
export type ApiRequestInput = Static<typeof ApiRequestInput>

/** A request that passed every check. `user_id` is hashed when it is stored. */
export interface ApiRequest extends Omit<ApiRequestInput, 'requested_at'> {
  readonly requested_at_ms: number
}

const compiled = Compile(ApiRequestInput)

/** Checks one item of a request body. Never throws. */
export function parseApiRequest(value: unknown, nowMs: number): { apiRequest: ApiRequest } | Refusal {
  if (!compiled.Check(value)) return firstError(compiled, value)
  const { requested_at, ...rest } = value
  const requested_at_ms = parseInstant(requested_at, nowMs)
  if (typeof requested_at_ms === 'object')
    return { pointer: '/requested_at', reason: requested_at_ms.reason }
  return { apiRequest: { ...rest, requested_at_ms } }
}

/** Sums over the requests to models that the agent of a session has reported. */
export const ApiUsage = Type.Object(
  {
    request_count: count,
    input_tokens: count,
    output_tokens: count,
    cache_read_tokens: count,
    cache_creation_tokens: count,
    cost_usd: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
      description: 'In US dollars, as reported by the agent; null when it has reported no cost.',
    }),
  },
  { description: 'Requests of a session to models, as reported by the telemetry of its agent.' },
)
export type ApiUsage = Static<typeof ApiUsage>
