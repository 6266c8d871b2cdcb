import { DURATION_BOUNDS_MS, durationBucket } from '@skillwatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cumulativeBuckets } from '../src/buckets.ts'

test('every bucket holds exactly the durations up to its bound', () => {
  const durationMs = fc.oneof(
    fc.integer({ min: 0, max: 400_000 }),
    fc.constantFrom(100, 500, 1_000, 60_000, 300_000),
  )
  fc.assert(
    fc.property(fc.array(durationMs), (durations) => {
      const counts = DURATION_BOUNDS_MS.map(() => 0)
      for (const each of durations) counts[durationBucket(each)]! += 1
      for (const { le, count } of cumulativeBuckets(counts)) {
        const boundMs = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le) * 1_000
        expect(count).toBe(durations.filter((each) => each <= boundMs).length)
      }
    }),
  )
})

test("the bounds are session-buddy's, written as its clients know them", () => {
  const bounds = cumulativeBuckets([]).map(({ le }) => le)
  expect(bounds).toEqual(['0.1', '0.5', '1.0', '2.0', '5.0', '10.0', '30.0', '60.0', '300.0', '+Inf'])
})
