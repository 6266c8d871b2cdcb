import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LruCache } from '../../src/stream/lru.ts'

test('a full cache removes the least recently used entry', () => {
  const cache = new LruCache<string, number>({ bytesMax: 30, ageMsMax: 1_000 })
  for (const key of ['a', 'b', 'c']) cache.set(key, 1, 10, 0)
  cache.get('a', 0)
  cache.set('d', 1, 10, 0)
  expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key, 0))).toEqual([1, undefined, 1, 1])
})

test('an entry that is too old counts as absent', () => {
  const cache = new LruCache<string, number>({ bytesMax: 30, ageMsMax: 1_000 })
  cache.set('a', 1, 10, 0)
  expect(cache.get('a', 1_000)).toBe(1)
  expect(cache.get('a', 1_001)).toBeUndefined()
  expect(cache.bytes).toBe(0)
})

test('a cache never exceeds its bytes, and counts those that it holds', () => {
  const steps = fc.array(fc.tuple(fc.nat(9), fc.nat(60), fc.nat(400)))
  fc.assert(
    fc.property(steps, (sequence) => {
      const cache = new LruCache<number, number>({ bytesMax: 100, ageMsMax: 1_000 })
      let nowMs = 0
      for (const [key, bytes, afterMs] of sequence) {
        nowMs += afterMs
        cache.get(key + 1, nowMs)
        cache.set(key, bytes, bytes, nowMs)
        expect(cache.bytes).toBeLessThanOrEqual(100)
      }
      const held = Array.from({ length: 11 }, (_, key) => cache.get(key, nowMs) ?? 0)
      expect(held.reduce((sum, bytes) => sum + bytes, 0)).toBe(cache.bytes)
    }),
  )
})
