import { expect, test } from 'vitest'
import { toRow } from '../src/harness/measure.ts'
import { stealShare } from '../src/harness/processor-time.ts'
import { quantile, summarise } from '../src/harness/statistics.ts'
import { toTable } from '../src/harness/table.ts'

test('the median is the middle run, and of an even number the mean of the middle two', () => {
  expect(summarise([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9 })
  expect(summarise([10, 1, 4, 2])).toEqual({ median: 3, min: 1, max: 10 })
})

test('runs that gave no value are refused', () => {
  expect(() => summarise([])).toThrow(RangeError)
  const pairs = [{ ours: {}, baseline: { speed: 1 }, steal: 0, baseline_steal: 0 }]
  expect(() => toRow({ name: 'speed', unit: '1/s', goal: null }, pairs)).toThrow('a run gave no speed')
})

test('a row divides the medians and keeps the spread of the pairs', () => {
  const pair = (ours: number, baseline: number) => ({
    ours: { speed: ours },
    baseline: { speed: baseline },
    steal: 0.01,
    baseline_steal: 0.07,
  })
  const row = toRow({ name: 'speed', unit: '1/s', goal: null, ratioGoal: 0.8 }, [
    pair(50, 100),
    pair(60, 80),
    pair(40, 90),
  ])
  expect(row).toMatchObject({ value: 50, baseline: 90, goal: null, ratio_goal: 0.8, ratio: 50 / 90 })
  expect(row.ratio_spread).toEqual({ median: 0.5, min: 40 / 90, max: 0.75 })
  expect(toTable([row])).toContain('7.0 %')
  expect(toTable([row])).toContain('ratio 0.8')
})

test('steal is the part of all processor time between two readings', () => {
  expect(stealShare({ total: 100, steal: 10 }, { total: 300, steal: 30 })).toBe(0.1)
  expect(stealShare(undefined, { total: 300, steal: 30 })).toBeUndefined()
})

test('a quantile is the smallest value that a share of all values does not exceed', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(quantile(values, 0.5)).toBe(50)
  expect(quantile(values, 0.99)).toBe(99)
  expect(quantile(values, 1)).toBe(100)
  expect(quantile([7], 0.99)).toBe(7)
})
