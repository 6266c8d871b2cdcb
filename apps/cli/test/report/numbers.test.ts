import { expect, test } from 'vitest'
import { percentText, pointsText, ratioText } from '../../src/report/numbers.ts'

test('only no call is 0%, and only all calls are 100%', () => {
  expect([0, 0.0004, 0.0213, 0.123, 0.999, 1].map(percentText)).toEqual([
    '0%',
    '<0.1%',
    '2.1%',
    '12%',
    '99%',
    '100%',
  ])
})

test('a change by less than twice is in percent, a larger one in times', () => {
  expect([0.12, 0.8, 1.6, 2, 4.04, 12.3].map(ratioText)).toEqual([
    '−88%',
    '−20%',
    '+60%',
    '2.0 times',
    '4.0 times',
    '12 times',
  ])
})

test('points have a sign', () => {
  expect([-0.021, 0.0424, 0.31].map(pointsText)).toEqual(['−2.1', '+4.2', '+31'])
})
