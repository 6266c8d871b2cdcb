import { DURATION_BOUNDS_MS } from '@skillwatch/schema'

/** session-buddy's bounds in seconds; `le` as its clients and Prometheus write it: `1.0`, not `1`. */
const BOUNDS: readonly { le: string; seconds: number }[] = [
  { le: '0.1', seconds: 0.1 },
  { le: '0.5', seconds: 0.5 },
  { le: '1.0', seconds: 1 },
  { le: '2.0', seconds: 2 },
  { le: '5.0', seconds: 5 },
  { le: '10.0', seconds: 10 },
  { le: '30.0', seconds: 30 },
  { le: '60.0', seconds: 60 },
  { le: '300.0', seconds: 300 },
  { le: '+Inf', seconds: Number.POSITIVE_INFINITY },
]

/**
 * For each bucket of session-buddy the last of ours in it. Its bounds are among ours, so the sums are exact.
 */
const LAST_BUCKETS = BOUNDS.map(({ seconds }) => {
  const bucket = DURATION_BOUNDS_MS.indexOf(seconds * 1_000)
  if (bucket < 0) throw new RangeError(`DURATION_BOUNDS_MS must have the bound ${seconds * 1_000}`)
  return bucket
})

export interface CumulativeBucket {
  readonly le: string
  readonly count: number
}

/**
 * The cumulative buckets of a Prometheus histogram.
 * @param counts per bound of DURATION_BOUNDS_MS, not cumulative
 */
export function cumulativeBuckets(counts: readonly number[]): CumulativeBucket[] {
  let sum = 0
  let next = 0
  return BOUNDS.map(({ le }, index) => {
    for (const last = LAST_BUCKETS[index]!; next <= last; next++) sum += counts[next] ?? 0
    return { le, count: sum }
  })
}
