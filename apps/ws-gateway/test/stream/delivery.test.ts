import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decideDelivery, deliveryLimits, isStalled, observeDrain } from '../../src/stream/delivery.ts'

const limits = deliveryLimits(1_000)

test('a client is sent to below the bound, and paused from the bound on', () => {
  expect(decideDelivery(999, false, limits)).toBe('send')
  expect(decideDelivery(1_000, false, limits)).toBe('pause')
})

test('one large message pauses a client with the smallest buffer; more unread bytes close it', () => {
  expect(decideDelivery(1_000_000, false, limits)).toBe('pause')
  expect(decideDelivery(1_100_000, false, limits)).toBe('disconnect')
  expect(decideDelivery(1_100_000, true, limits)).toBe('disconnect')
})

test('a paused client is sent to again only when it has read down to a quarter of the bound', () => {
  expect(decideDelivery(251, true, limits)).toBe('pause')
  expect(decideDelivery(250, true, limits)).toBe('send')
})

test('a client is stalled only after it read nothing for the whole time', () => {
  const looks = fc.array(fc.record({ bytes: fc.nat(10_000), afterMs: fc.integer({ min: 1, max: 5_000 }) }), {
    minLength: 1,
  })
  fc.assert(
    fc.property(looks, (sequence) => {
      let nowMs = 0
      let lastProgressAtMs = 0
      let least = Number.POSITIVE_INFINITY
      let drain = observeDrain(undefined, 20_000, 0)
      for (const { bytes, afterMs } of sequence) {
        nowMs += afterMs
        const before = drain.bufferedBytes
        drain = observeDrain(drain, bytes, nowMs)
        if (bytes < before) lastProgressAtMs = nowMs
        least = Math.min(least, bytes)
        expect(isStalled(drain, nowMs, 3_000)).toBe(nowMs - lastProgressAtMs >= 3_000)
      }
    }),
  )
})
