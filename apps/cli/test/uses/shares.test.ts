import { expect, test } from 'vitest'
import { countAndShare, shareText, trendText } from '../../src/uses/shares.ts'

test.each([
  [6, 6, '='],
  [0, 0, '='],
  [4, 0, '+4'],
  [3, 8, '-5'],
  [8, 4, '+4'],
  [5, 10, '-50%'],
  [12, 5, '+140%'],
  [1_001, 1_000, '+1'],
  [2_000, 5, '+1,995'],
])('%i uses after %i are a trend of %s', (uses, before, text) => {
  expect(trendText(uses, before)).toBe(text)
})

test('a share of fewer than five is not shown', () => {
  expect([shareText(1, 4), shareText(0, 5), shareText(1, 5)]).toEqual(['-', '0%', '20%'])
  expect([countAndShare(1, 4), countAndShare(0, 5), countAndShare(1, 5)]).toEqual(['1', '0', '1 (20%)'])
})
