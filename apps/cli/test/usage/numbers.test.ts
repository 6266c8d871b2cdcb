import { expect, test } from 'vitest'
import { costText, exactNumber, shortNumber, tickNumber } from '../../src/usage/numbers.ts'
import { sumOf } from '../../src/usage/rows.ts'

test('an exact number has commas between thousands', () => {
  expect([0, 999, 1_000, 1_234_567].map(exactNumber)).toEqual(['0', '999', '1,000', '1,234,567'])
})

test.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1.00K'],
  [12_345, '12.3K'],
  [999_499, '999K'],
  [999_500, '1.00M'],
  [4_560_000, '4.56M'],
  [1_200_000_000, '1.20B'],
  [3_400_000_000_000, '3.40T'],
])('%i is abbreviated to %s', (value, text) => {
  expect(shortNumber(value)).toBe(text)
})

test('the round numbers of an axis have no zeros at their end', () => {
  expect([0, 500, 1_000, 1_500, 20_000_000].map(tickNumber)).toEqual(['0', '500', '1K', '1.5K', '20M'])
})

test.each([
  [0, '$0.00'],
  [0.00001, '<$0.0001'],
  [0.0042, '$0.0042'],
  [0.01, '$0.01'],
  [12.34, '$12.34'],
  [12.345678, '$12.35'],
  [1_234.5, '$1,234.50'],
])('a reported cost of %d dollars is shown as %s', (cost_usd, text) => {
  expect(costText({ ...sumOf([]), cost_usd, cost_source: 'reported' })).toBe(text)
})

test('a cost that is estimated, wholly or in part, is marked, and an unknown one is a dash', () => {
  const sums = { ...sumOf([]), cost_usd: 12.34 }
  expect(costText({ ...sums, cost_source: 'estimated' })).toBe('~$12.34')
  expect(costText({ ...sums, cost_source: 'mixed' })).toBe('~$12.34')
  expect(costText({ ...sums, cost_usd: null, cost_source: 'none' })).toBe('-')
})
