import fc from 'fast-check'
import { expect, test } from 'vitest'
import { trailingWindows } from '../../src/index.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

test('windows fall back to zero without any new event', () => {
  const rows = [{ at_ms: 0, count: 5 }]
  const sums = (asOfMs: number) => trailingWindows(rows, asOfMs).map(({ sum }) => sum)
  expect(sums(0)).toEqual([5, 5, 5, 5])
  expect(sums(HOUR_MS)).toEqual([0, 5, 5, 5])
  expect(sums(DAY_MS)).toEqual([0, 0, 5, 5])
  expect(sums(7 * DAY_MS)).toEqual([0, 0, 0, 5])
  expect(sums(30 * DAY_MS)).toEqual([0, 0, 0, 0])
})

test('an event counts half at the age of the half-life', () => {
  const [, day] = trailingWindows([{ at_ms: 0, count: 8 }], 6 * HOUR_MS)
  expect(day).toEqual({ windowMs: DAY_MS, halfLifeMs: 6 * HOUR_MS, sum: 8, decayed: 4 })
})

test('without rows, and with rows of the future only, everything is zero', () => {
  for (const rows of [[], [{ at_ms: 1, count: 3 }]])
    expect(trailingWindows(rows, 0).map(({ sum, decayed }) => [sum, decayed])).toEqual(Array(4).fill([0, 0]))
})

test('decay only takes away, and the order of rows does not matter', () => {
  const row = fc.record({ at_ms: fc.integer({ min: 0, max: 40 * DAY_MS }), count: fc.nat(1_000) })
  fc.assert(
    fc.property(fc.array(row), fc.integer({ min: 0, max: 50 * DAY_MS }), (rows, asOfMs) => {
      const windows = trailingWindows(rows, asOfMs)
      const reversed = trailingWindows(rows.toReversed(), asOfMs)
      for (const [i, { sum, decayed }] of windows.entries()) {
        expect(decayed).toBeLessThanOrEqual(sum)
        expect(reversed[i]!.sum).toBe(sum)
        expect(reversed[i]!.decayed).toBeCloseTo(decayed, 6)
      }
    }),
  )
})
