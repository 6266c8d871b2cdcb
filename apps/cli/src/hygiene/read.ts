import type { HygieneReply } from '@skillwatch/schema'
import { demand, type Endpoint } from '../http.ts'

/** What to remove, to mend, and what descriptions cost. */
export function readHygiene(
  gateway: Endpoint,
  { days, limit }: { readonly days: number; readonly limit: number },
  signal: AbortSignal,
): Promise<HygieneReply> {
  const query = new URLSearchParams({ days: String(days), limit: String(limit) })
  return demand<HygieneReply>(gateway, `/v1/hygiene?${query}`, { signal })
}
