import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fullBucket, takeToken } from '../../src/stream/token-bucket.ts'

const limit = { perSecond: 20, burst: 40 }

test('in any period no more is accepted than the burst and the rate allow', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(200), { maxLength: 300 }), (gapsMs) => {
      let bucket = fullBucket(limit, 0)
      let nowMs = 0
      let taken = 0
      for (const gapMs of gapsMs) {
        nowMs += gapMs
        const next = takeToken(bucket, limit, nowMs)
        if (next === undefined) continue
        bucket = next
        taken += 1
      }
      expect(taken).toBeLessThanOrEqual(limit.burst + (nowMs / 1_000) * limit.perSecond + 1e-6)
    }),
  )
})

test('a sender at the rate is never refused', () => {
  let bucket = fullBucket(limit, 0)
  for (let nowMs = 0; nowMs < 60_000; nowMs += 50) bucket = takeToken(bucket, limit, nowMs)!
  expect(bucket.tokens).toBeGreaterThan(0)
})
