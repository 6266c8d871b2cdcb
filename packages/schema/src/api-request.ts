import { type Static, Type } from 'typebox'

const count = Type.Integer({ minimum: 0 })

/** One request of an agent to a model, as the agent states it. `user_id` is in clear until it is stored. */
export interface ApiRequest {
  /** Idempotency key within the project. */
  request_id: string
  session_id: string
  prompt_id?: string
  user_id?: string
  model?: string
  requested_at_ms: number
  duration_ms?: number
  input_tokens?: number
  output_tokens?: number
  cache_read_tokens?: number
  cache_creation_tokens?: number
  cost_usd?: number
}

/** What a session asked of models, summed over what its agent has stated. */
export const ApiUsage = Type.Object(
  {
    request_count: count,
    input_tokens: count,
    output_tokens: count,
    cache_read_tokens: count,
    cache_creation_tokens: count,
    cost_usd: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
      description: 'In US dollars, as the agent states it; null when it has stated none.',
    }),
  },
  { description: 'What a session asked of models, as far as its agent has told (needs its telemetry).' },
)
export type ApiUsage = Static<typeof ApiUsage>
