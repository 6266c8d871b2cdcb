import { type Static, Type } from 'typebox'

const count = Type.Integer({ minimum: 0 })

/** One request of an agent to a model, as the agent reports it. `user_id` is hashed when it is stored. */
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
