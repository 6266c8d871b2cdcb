import { expect, test } from 'vitest'
import { periodOfLength, periodsOf } from '../../src/report/periods.ts'

function window(since: string, until: string) {
  return { sinceMs: Date.parse(since), untilMs: Date.parse(until) }
}

/** The names; those of cut periods with a star. */
function names(...parameters: Parameters<typeof periodsOf>): string[] {
  return periodsOf(...parameters).map(({ name, isWhole }) => (isWhole ? name : `${name}*`))
}

test('a window is divided into days, weeks or months, so that there are few', () => {
  expect(periodOfLength(window('2026-11-15T00:00:00Z', '2026-11-22T00:00:00Z'))).toBe('day')
  expect(periodOfLength(window('2026-10-22T00:00:00Z', '2026-11-22T00:00:00Z'))).toBe('day')
  expect(periodOfLength(window('2026-08-22T00:00:00Z', '2026-11-22T00:00:00Z'))).toBe('week')
  expect(periodOfLength(window('2025-11-22T00:00:00Z', '2026-11-22T00:00:00Z'))).toBe('month')
})

test('days without anything are there, and days that the window cuts are marked', () => {
  expect(names(window('2026-11-20T12:00:00Z', '2026-11-22T12:00:00Z'), 'day', 'UTC')).toEqual([
    '2026-11-20*',
    '2026-11-21',
    '2026-11-22*',
  ])
  expect(names(window('2026-11-20T00:00:00Z', '2026-11-22T00:00:00Z'), 'day', 'UTC')).toEqual([
    '2026-11-20',
    '2026-11-21',
  ])
})

test('days are those of the time zone, also when its clocks change', () => {
  // 2026-10-25 has 25 hours in Berlin, 2026-03-29 has 23.
  expect(names(window('2026-10-23T22:00:00Z', '2026-10-26T23:00:00Z'), 'day', 'Europe/Berlin')).toEqual([
    '2026-10-24',
    '2026-10-25',
    '2026-10-26',
  ])
  expect(names(window('2026-03-27T23:00:00Z', '2026-03-30T22:00:00Z'), 'day', 'Europe/Berlin')).toEqual([
    '2026-03-28',
    '2026-03-29',
    '2026-03-30',
  ])
})

test('a window within one day is a part of it', () => {
  expect(names(window('2026-11-20T08:00:00Z', '2026-11-20T09:00:00Z'), 'day', 'UTC')).toEqual([
    '2026-11-20*',
  ])
})

test('weeks begin on Monday, and months with their first day', () => {
  expect(names(window('2026-11-09T00:00:00Z', '2026-11-24T00:00:00Z'), 'week', 'UTC')).toEqual([
    '2026-11-09',
    '2026-11-16',
    '2026-11-23*',
  ])
  expect(names(window('2026-09-15T00:00:00Z', '2026-11-01T00:00:00Z'), 'month', 'UTC')).toEqual([
    '2026-09*',
    '2026-10',
  ])
})
