import type { Finding } from '@skillwatch/schema'
import type { Endpoint } from '../http.ts'
import { readPages } from '../pages.ts'

/** Which findings are wanted. */
export interface FindingsQuery {
  readonly state: 'open' | 'resolved' | 'all'
  readonly kind?: string
  readonly skill?: string
  /** RFC 3339: those that opened since then. */
  readonly since?: string
  readonly limit: number
}

/** Findings that the gateway has, the last opened first, and whether there are more. */
export function readFindings(
  gateway: Endpoint,
  { state, kind, skill, since, limit }: FindingsQuery,
  signal: AbortSignal,
): Promise<{ items: Finding[]; isMore: boolean }> {
  const query = {
    state,
    ...(kind !== undefined && { kind }),
    ...(skill !== undefined && { skill_name: skill }),
    ...(since !== undefined && { since }),
    order: 'desc',
  }
  const list = { path: '/v1/findings', query, limit, keyOf: ({ finding_id }: Finding) => finding_id }
  return readPages(gateway, list, signal)
}
