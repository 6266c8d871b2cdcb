import { expect, test } from 'vitest'
import { axisTo, dollarTicks, plainAxisTo } from '../../../src/report/html/axis.ts'

function dollars(largest: number): string[] {
  const axis = axisTo(largest)
  return axis.ticks.map(dollarTicks(axis))
}

test('an axis begins at 0 and ends at a round number, with few ticks', () => {
  const { ticks, share } = axisTo(34)
  expect(ticks).toEqual([0, 10, 20, 30, 40])
  expect([share(0), share(10), share(40)]).toEqual([0, 0.25, 1])
})

test('an axis of counts has no ticks between whole numbers', () => {
  expect(axisTo(1, { isWhole: true }).ticks).toEqual([0, 1])
})

test('an axis of nothing has a length nevertheless', () => {
  expect(axisTo(0).share(0)).toBe(0)
  expect(plainAxisTo(0).share(0)).toBe(0)
})

test('dollars have as many decimals as their steps need', () => {
  expect(dollars(1.2)).toEqual(['$0.00', '$0.50', '$1.00', '$1.50'])
  expect(dollars(14)).toEqual(['$0', '$5', '$10', '$15'])
  expect(dollars(0.004)).toEqual(['$0.000', '$0.001', '$0.002', '$0.003', '$0.004'])
  expect(dollars(12_000)).toEqual(['$0', '$5K', '$10K', '$15K'])
})
