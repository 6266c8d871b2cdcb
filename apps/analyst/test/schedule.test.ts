import { expect, test } from 'vitest'
import { latestRunAt, planOf } from '../src/schedule.ts'
import { HOUR_MS } from './support/calls.ts'

const at = (text: string) => Date.parse(`2026-11-${text}Z`)
const text = (ms: number) => new Date(ms).toISOString()

test('a run is due at full hours and five minutes, in which late calls arrive', () => {
  expect(text(latestRunAt(at('22T12:04:59'), HOUR_MS))).toBe('2026-11-22T11:05:00.000Z')
  expect(text(latestRunAt(at('22T12:05:00'), HOUR_MS))).toBe('2026-11-22T12:05:00.000Z')
  expect(text(latestRunAt(at('22T15:59:00'), 8 * HOUR_MS))).toBe('2026-11-22T08:05:00.000Z')
})

test('a plan reads from ten whole weeks ago, and reports what opened in the last four to five weeks', () => {
  const plan = planOf(at('22T12:05:00'), HOUR_MS)
  expect(text(plan.fromMs)).toBe('2026-09-10T00:00:00.000Z')
  expect(text(plan.firstRunAtMs)).toBe('2026-09-10T00:05:00.000Z')
  expect(text(plan.reportSinceMs)).toBe('2026-10-22T00:00:00.000Z')
  expect(text(plan.untilMs)).toBe('2026-11-22T12:00:00.000Z')
})

test('all runs of a week begin with the same hour', () => {
  const begins = (instants: string[]) => [
    ...new Set(instants.map((each) => planOf(at(each), HOUR_MS).fromMs)),
  ]
  expect(begins(['19T00:05:00', '22T12:05:00', '25T23:05:00'])).toHaveLength(1)
  expect(begins(['25T23:05:00', '26T00:05:00'])).toHaveLength(2)
})

test('runs every few hours are at the same instants in every plan', () => {
  for (const hours of [2, 3, 5, 8]) {
    const everyMs = hours * HOUR_MS
    for (const day of ['18', '22', '27']) {
      const plan = planOf(latestRunAt(at(`${day}T12:05:00`), everyMs), everyMs)
      expect((plan.lastRunAtMs - plan.firstRunAtMs) % everyMs).toBe(0)
    }
  }
})
