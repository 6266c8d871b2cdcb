/** Why a request got no answer. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // The message `fetch failed` has no details; its cause contains the port and the reason.
  const cause = error.cause as (Error & { code?: string }) | undefined
  return cause?.message || cause?.code || error.message
}
