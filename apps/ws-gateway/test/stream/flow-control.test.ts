import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bufferLimits,
  hasRoom,
  isOverflowing,
  isStalled,
  observeDrain,
} from '../../src/stream/flow-control.ts'

const limits = bufferLimits(1_000)

test('a client has room below the limit, and is paused from the limit on', () => {
  expect(hasRoom(999, false, limits)).toBe(true)
  expect(hasRoom(1_000, false, limits)).toBe(false)
})

test('a paused client has room again when it has read down to a quarter of the limit', () => {
  expect(hasRoom(251, true, limits)).toBe(false)
  expect(hasRoom(250, true, limits)).toBe(true)
})

test('no message overflows a client that has room, however large it is; only unread replies do', () => {
  const buffered = fc.nat(999)
  const message = fc.nat(50_000_000)
  fc.assert(
    fc.property(buffered, message, (bufferedBytes, messageBytes) => {
      expect(hasRoom(bufferedBytes, false, limits)).toBe(true)
      expect(isOverflowing(bufferedBytes + messageBytes, messageBytes, limits)).toBe(false)
      expect(isOverflowing(messageBytes + 4_000, messageBytes, limits)).toBe(true)
    }),
  )
})

test('a client is stalled only when it has read nothing for the whole time', () => {
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
