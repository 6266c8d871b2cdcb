import { expect, test } from 'vitest'
import { collectCalls, type SessionCall } from '../../src/index.ts'
import { sessionPast } from '../../src/predict/index.ts'
import { slicesOf } from '../../src/predict/slices.ts'

const call = (invoked_at_ms: number, ended_at_ms: number | null, outcome = 'failed'): SessionCall => {
  return { kind: 'skill', skill_name: 'plan', workflow_phase: null, invoked_at_ms, ended_at_ms, outcome }
}

test('a call that ended after the next one began has no outcome yet', () => {
  const calls = [call(0, 10), call(20, 100), call(30, null, 'running')]
  const skill = { kind: 'skill', skill_name: 'plan' }
  expect(sessionPast(calls, 2, 50, skill)).toMatchObject({ own_calls: 1, previous_failed: 0 })
  expect(sessionPast(calls, 2, 100, skill)).toMatchObject({ own_calls: 2, previous_failed: 1 })
  expect(sessionPast(calls, 3, 200, skill)).toMatchObject({ own_calls: 2, previous_failed: 0 })
})

test('no session is in two slices, and no outcome of a slice is later than its end', () => {
  const sessions = Array.from({ length: 50 }, (_, index) =>
    Array.from({ length: 4 }, (__, each) => {
      const startMs = 1_000 * index + 900 * each
      return call(startMs, startMs + (index % 7 === 0 ? 5_000 : 100), 'completed')
    }),
  )
  const window = { sinceMs: 0, untilMs: 1_000_000, timeZone: 'UTC', callsMax: 1_000 }
  const { train, calibrate, judge } = slicesOf(collectCalls(sessions, window)[0]!.calls)
  const parts = [train, calibrate, judge].map((calls) => new Set(calls.map(({ session }) => session)))
  expect(parts.every(({ size }) => size > 5)).toBe(true)
  const all = parts.flatMap((part) => [...part])
  expect(new Set(all).size).toBe(all.length)
  const lastEnd = Math.max(...train.map(({ endedAtMs }) => endedAtMs))
  expect(lastEnd).toBeLessThan(calibrate[0]!.invokedAtMs)
  expect(Math.max(...calibrate.map(({ endedAtMs }) => endedAtMs))).toBeLessThan(judge[0]!.invokedAtMs)
})
