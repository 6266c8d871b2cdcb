/** Longest pause that a server can ask for, so that a wrong header cannot stop a client for a day. */
const RETRY_AFTER_MS_MAX = 120_000

/** The `Retry-After` header in milliseconds (RFC 9110 section 10.2.3): seconds or an HTTP date. */
export function parseRetryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - nowMs
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), RETRY_AFTER_MS_MAX)
}
