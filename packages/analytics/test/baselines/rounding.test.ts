import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  amountStep,
  rateStep,
  roundedAmount,
  roundedPersons,
  roundedRate,
} from '../../src/baselines/rounding.ts'

test.each([
  [0, 0],
  [0.999, 0],
  [1, 1],
  [1.9, 1],
  [2, 2],
  [4.99, 2],
  [5, 5],
  [9, 5],
  [10, 10],
  [999, 500],
  [1_000, 1_000],
  [999_999.999_999, 500_000],
  [1e15, 1e15],
  [Number.MAX_SAFE_INTEGER, 5e15],
])('the amount %d is rounded down to %d', (value, rounded) => {
  expect(roundedAmount(value)).toBe(rounded)
})

test.each([
  [4, 0],
  [5, 5],
  [9, 5],
  [10, 10],
  [1_234, 1_230],
])('%d persons are rounded down to %d', (persons, rounded) => {
  expect(roundedPersons(persons)).toBe(rounded)
})

test.each([
  [0.9, 5, 0.8],
  [0.91, 5, 1],
  [0.3, 5, 0.2],
  [0.5, 5, 0.4],
  [0.96, 10, 1],
  [0.94, 15, 0.9],
  [0.93, 20, 0.95],
  [0.934, 100, 0.93],
  [0, 5, 0],
  [1, 100, 1],
])('the rate %d of %d persons is rounded to %d', (rate, persons, rounded) => {
  expect(roundedRate(rate, persons)).toBe(rounded)
})

test('no step of a rate is smaller than what one person changes', () => {
  for (let persons = 5; persons <= 2_000; persons += 1)
    expect(rateStep(roundedPersons(persons))).toBeGreaterThanOrEqual(1 / persons)
})

test('a sum of which one part is at most half moves by at most one step without it', () => {
  const parts = fc
    .integer({ min: 1, max: 1e9 })
    .chain((rest) => fc.tuple(fc.constant(rest), fc.integer({ min: 0, max: rest })))
  fc.assert(
    fc.property(parts, ([rest, part]) => {
      expect(amountStep(rest + part) - amountStep(rest)).toBeLessThanOrEqual(1)
    }),
  )
})
