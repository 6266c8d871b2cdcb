import { NOW_MS } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { ageText, quantileText, relativeError, shareText } from '../../src/skills/cells.ts'
import { aSkill, durations, estimates, NO_DURATIONS } from './a-skill.ts'

test.each([
  [0, 10, '0%'],
  [1, 100_000, '<0.1%'],
  [1, 1_000, '0.1%'],
  [15, 152, '9.9%'],
  [1, 10, '10%'],
  [2, 3, '67%'],
  [9_999, 10_000, '99%'],
  [10, 10, '100%'],
])('%i of %i ended calls are %s', (count, ended, text) => {
  expect(shareText(count, aSkill({ completed_count: ended - count, failed_count: count }))).toBe(text)
})

test('a share is one of all ended calls, and there is none when no call ended', () => {
  const counts = { completed_count: 1, failed_count: 1, rejected_count: 1, abandoned_count: 1 }
  expect(shareText(1, aSkill({ ...counts, running_count: 6 }))).toBe('25%')
  expect(shareText(0, aSkill({ running_count: 10, completed_count: 0 }))).toBe('-')
})

test('a duration is the execution time; without one the elapsed time after ≤; without both a dash', () => {
  const elapsed = durations(2_000, 75_000)
  expect(quantileText('p50', aSkill({ execution: durations(0, 42_000), elapsed }), 'range')).toBe('0 ms')
  expect(quantileText('p95', aSkill({ execution: NO_DURATIONS, elapsed }), 'range')).toBe('≤ 1 m 15 s')
  const none = aSkill({ execution: NO_DURATIONS, elapsed: NO_DURATIONS })
  expect(quantileText('p95', none, 'range')).toBe('-')
})

test.each([
  [1_234, 1_000, 2_000, '≈ 1.2 s (1–2 s)'],
  [740, 500, 1_000, '≈ 740 ms (500 ms–1 s)'],
  [0.5, 0, 1, '≈ 1 ms (0–1 ms)'],
  [90_000, 60_000, 120_000, '≈ 1 m 30 s (1–2 m)'],
  [45_000, 30_000, 60_000, '≈ 45.0 s (30 s–1 m)'],
  [2_700_000, 1_800_000, 3_600_000, '≈ 45 m 00 s (30 m–1 h)'],
  [3_600_000, 3_600_000, 5_400_500, '≈ 1 h 00 m (1 h–1 h 30 m)'],
])('an estimate of %i ms between %i and %i ms is %s', (value, min, max, text) => {
  const execution = estimates([value, min, max], [value, min, max])
  expect(quantileText('p50', aSkill({ execution }), 'range')).toBe(text)
  expect(quantileText('p95', aSkill({ execution }), 'mark')).toBe(text.replace(/ \(.*/, ''))
})

test('an estimate of the elapsed time has both marks', () => {
  const elapsed = estimates([1_234, 1_000, 2_000], [3_000, 2_000, 5_000])
  expect(quantileText('p50', aSkill({ execution: NO_DURATIONS, elapsed }), 'mark')).toBe('≤ ≈ 1.2 s')
})

test('the relative error is that of the farther bound, and an exact quantile has none', () => {
  const execution = estimates([1_250, 1_000, 2_000], [4_000, 2_000, 5_000])
  expect(relativeError('p50', aSkill({ execution }))).toBe(0.6)
  expect(relativeError('p95', aSkill({ execution }))).toBe(0.5)
  expect(relativeError('p95', aSkill())).toBe(0)
  const none = aSkill({ execution: NO_DURATIONS, elapsed: NO_DURATIONS })
  expect(relativeError('p95', none)).toBeUndefined()
})

test.each([
  ['2026-11-22T12:00:30Z', '<1 min'],
  ['2026-11-22T11:59:01Z', '<1 min'],
  ['2026-11-22T11:59:00Z', '1 min'],
  ['2026-11-22T11:00:01Z', '59 min'],
  ['2026-11-22T11:00:00Z', '1 h'],
  ['2026-11-21T12:00:01Z', '23 h'],
  ['2026-11-21T12:00:00Z', '1 d'],
  ['2025-11-22T12:00:00Z', '365 d'],
])('at noon on 22 November 2026 the age of %s is %s', (instant, text) => {
  expect(ageText(instant, NOW_MS)).toBe(text)
})
