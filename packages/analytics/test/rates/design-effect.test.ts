import { expect, test } from 'vitest'
import { designEffectOfShares, designEffectOfSum } from '../../src/rates/design-effect.ts'
import { shares } from './shares.ts'

/**
 * Litters of rats, control and treated (Weil 1970; the data `rats` of the R package aod): young that
 * survived, of those alive at four days. The values below were computed apart from this code; with the
 * linearised variance, as in the function `raoscott` of that package, they are 1.23, 3.95 and 3.07.
 */
const CONTROL = shares('13/13 12/12 9/9 9/9 8/8 8/8 12/13 11/12 9/10 9/10 8/9 11/13 4/5 5/7 7/10 7/10')
const TREATED = shares('12/12 11/11 10/10 9/9 10/11 9/10 9/10 8/9 8/9 4/5 7/9 4/7 5/10 3/6 3/10 0/7')

test('the design effect of shares grows with what the sessions have of their own', () => {
  expect(designEffectOfShares(CONTROL, CONTROL)).toBeCloseTo(1.2345661, 6)
  expect(designEffectOfShares(TREATED, TREATED)).toBeCloseTo(3.9555421, 6)
  expect(designEffectOfShares(CONTROL, TREATED)).toBeCloseTo(3.0713134, 6)
})

test('shares that are alike in all sessions, or 0 everywhere, have a design effect of 1', () => {
  expect(designEffectOfShares(shares('1/10 1/10 1/10'), shares('1/10 1/10 1/10'))).toBe(1)
  expect(designEffectOfShares(shares('0/10 0/10'), shares('0/3 0/9'))).toBe(1)
})

test('the design effect of a sum is 1 for single events and grows with what happens in one session', () => {
  expect(designEffectOfSum([1, 1, 1, 1])).toBe(1)
  expect(designEffectOfSum([5, 5, 5])).toBe(5)
  expect(designEffectOfSum([1, 0, 9])).toBe(8.2)
  expect(designEffectOfSum([])).toBe(0)
})
