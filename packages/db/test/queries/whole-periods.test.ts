import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wholePeriods } from '../../src/queries/whole-periods.ts'

const LENGTHS = [24, 8, 1]

test('a window is divided into the longest whole periods, with shorter ones at its ends', () => {
  expect(wholePeriods([5, 75], LENGTHS)).toEqual([
    { lengthMs: 1, range: [5, 8] },
    { lengthMs: 8, range: [8, 24] },
    { lengthMs: 24, range: [24, 72] },
    { lengthMs: 1, range: [72, 75] },
  ])
  expect(wholePeriods([7, 7], LENGTHS)).toEqual([])
})

test('the parts of a window follow each other without gaps, and each consists of whole periods', () => {
  const instant = fc.integer({ min: 0, max: 200 })
  fc.assert(
    fc.property(instant, instant, (one, other) => {
      const [from, to] = one < other ? [one, other] : [other, one]
      const parts = wholePeriods([from, to], LENGTHS)
      let at = from
      for (const { lengthMs, range } of parts) {
        expect(range[0]).toBe(at)
        expect([range[0] % lengthMs, range[1] % lengthMs]).toEqual([0, 0])
        at = range[1]
      }
      expect(at).toBe(to)
      expect(parts.length).toBeLessThanOrEqual(2 * LENGTHS.length - 1)
    }),
  )
})
