import { NOW_MS } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { ageText, quantileText, shareText } from '../../src/skills/cells.ts'
import { aSkill, durations, NO_DURATIONS } from './a-skill.ts'

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
  expect(quantileText('p50_ms', aSkill({ execution: durations(0, 42_000), elapsed }))).toBe('0 ms')
  expect(quantileText('p95_ms', aSkill({ execution: NO_DURATIONS, elapsed }))).toBe('≤ 1 m 15 s')
  expect(quantileText('p95_ms', aSkill({ execution: NO_DURATIONS, elapsed: NO_DURATIONS }))).toBe('-')
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
