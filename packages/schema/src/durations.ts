/**
 * Upper bounds of the duration histograms in milliseconds; the last one is infinite. They include the nine
 * bounds of session-buddy (0.1, 0.5, 1, 2, 5, 10, 30, 60, 300 s), so its Prometheus buckets are exact sums
 * of ours.
 */
export const DURATION_BOUNDS_MS: readonly number[] = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  1_000,
  2_000,
  5_000,
  10_000,
  20_000,
  30_000,
  60_000,
  120_000,
  300_000,
  600_000,
  1_800_000,
  3_600_000,
  Number.POSITIVE_INFINITY,
]

/** Index of the bucket that counts a duration: that of the first bound that is not smaller. */
export function durationBucket(durationMs: number): number {
  return DURATION_BOUNDS_MS.findIndex((bound) => durationMs <= bound)
}
