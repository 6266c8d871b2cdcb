import { expect, test } from 'vitest'
import { DURATION_BOUNDS_MS, durationBucket } from '../src/index.ts'

test('the bounds include all bounds of session-buddy', () => {
  const theirsMs = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300].map((seconds) => seconds * 1000)
  expect(DURATION_BOUNDS_MS).toEqual(expect.arrayContaining(theirsMs))
})

test.each([
  [0, 0],
  [1, 0],
  [1.001, 1],
  [3_600_000, DURATION_BOUNDS_MS.length - 2],
  [3_600_000.5, DURATION_BOUNDS_MS.length - 1],
])(
  '%d ms falls into bucket %d: a bound belongs to its own bucket, as in Prometheus',
  (durationMs, bucket) => {
    expect(durationBucket(durationMs)).toBe(bucket)
  },
)
