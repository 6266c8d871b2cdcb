import type { ApiRequestTable } from '@skillwatch/schema'
import type { Selectable } from 'kysely'

/** A request to a model as it is stored, without its project. */
export type StoredApiRequest = Omit<Selectable<ApiRequestTable>, 'project_id'>

/**
 * How two values of one column become one. Like the rules of invocations these are commutative, associative
 * and idempotent (R3, R4). Counts and costs grow while a response is streamed, so the largest is the whole.
 */
const RULES: { readonly [Column in keyof StoredApiRequest]: (a: never, b: never) => string | number } = {
  request_id: greater,
  session_id: greater,
  prompt_id: greater,
  user_hash: greater,
  agent_name: greater,
  model: greater,
  repository: greater,
  branch: greater,
  parent_invocation_id: greater,
  requested_at_ms: Math.min,
  duration_ms: Math.max,
  input_tokens: Math.max,
  output_tokens: Math.max,
  cache_read_tokens: Math.max,
  cache_creation_tokens: Math.max,
  cost_usd: Math.max,
}

export const API_REQUEST_COLUMNS = Object.keys(RULES) as (keyof StoredApiRequest)[]

/** What is known of a request by now. @returns the first one itself when the second adds nothing */
export function mergeApiRequests(a: StoredApiRequest, b: StoredApiRequest): StoredApiRequest {
  const merged: Record<string, unknown> = {}
  for (const column of API_REQUEST_COLUMNS) {
    const [one, other] = [a[column], b[column]]
    merged[column] =
      one === null ? other : other === null ? one : RULES[column](one as never, other as never)
  }
  const isKnown = API_REQUEST_COLUMNS.every((column) => merged[column] === a[column])
  return isKnown ? a : (merged as unknown as StoredApiRequest)
}

function greater(a: string, b: string): string {
  return a >= b ? a : b
}
