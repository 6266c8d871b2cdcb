/** An average rate and the largest burst. */
export interface RateLimit {
  readonly perSecond: number
  readonly burst: number
}

export interface TokenBucket {
  readonly tokens: number
  readonly filledAtMs: number
}

export function fullBucket(limit: RateLimit, nowMs: number): TokenBucket {
  return { tokens: limit.burst, filledAtMs: nowMs }
}

/** Takes one token. Undefined when there is none: the sender exceeds the rate. */
export function takeToken(bucket: TokenBucket, limit: RateLimit, nowMs: number): TokenBucket | undefined {
  const gained = (Math.max(0, nowMs - bucket.filledAtMs) / 1_000) * limit.perSecond
  const tokens = Math.min(limit.burst, bucket.tokens + gained)
  return tokens < 1 ? undefined : { tokens: tokens - 1, filledAtMs: nowMs }
}
