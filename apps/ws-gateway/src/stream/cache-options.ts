const AGE_MS_MAX = 30_000

/** The options of a cache that is bounded by bytes and by age. An older entry counts as absent. */
export function boundedBy(maxSize: number, clock: () => number) {
  return { maxSize, ttl: AGE_MS_MAX, ttlResolution: 0, perf: { now: clock } }
}
