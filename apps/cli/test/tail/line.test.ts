import type { Invocation, UpsertChange } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import { changeLine, formatDuration } from '../../src/tail/line.ts'

const plain = (_format: unknown, text: string) => text

function aChange(overrides: Partial<Invocation> = {}): UpsertChange {
  const invocation: Invocation = {
    invocation_id: 'toolu_01',
    kind: 'skill',
    skill_name: 'pdf-fill',
    session_id: '3f2a9c11-77aa',
    trigger: 'agent',
    invoked_at: '2026-11-22T09:30:00.120Z',
    ended_at: '2026-11-22T09:30:31.620Z',
    outcome: 'completed',
    completed: true,
    execution_ms: 31_500,
    witnesses: ['sdk'],
    ...overrides,
  }
  return { offset: 1, op: 'insert', invocation }
}

test('a line shows time, kind, name, outcome, duration and session in columns', () => {
  const line = changeLine(aChange(), 'clock', plain)
  expect(line).toMatch(/^\d\d:\d\d:31 {2}skill {4}pdf-fill {26}✔ completed {7}31\.5 s {2}3f2a9c11$/)
})

test('lines of all outcomes have their columns at the same places', () => {
  const widths = (['running', 'completed', 'failed', 'rejected', 'abandoned'] as const).map(
    (outcome) => changeLine(aChange({ outcome }), 'clock', plain).length,
  )
  expect(new Set(widths).size).toBe(1)
})

test('earlier changes are shown with their date', () => {
  expect(changeLine(aChange(), 'date', plain)).toMatch(/^2026-11-2\d \d\d:\d\d:31 {2}/)
})

test('a duration that includes waiting is shown as an upper bound, and an unknown one is left out', () => {
  const { execution_ms: _, ...withoutTime } = aChange().invocation
  expect(changeLine(aChange({ execution_ms: undefined, elapsed_ms: 2_000 }), 'clock', plain)).toContain(
    '≤ 2.0 s',
  )
  expect(changeLine({ ...aChange(), invocation: withoutTime }, 'clock', plain)).not.toContain(' s ')
})

test('no field of an observation can send an escape sequence to the terminal', () => {
  const evil = '\u001b[31mred\u0007'
  const change = aChange({
    skill_name: evil,
    session_id: evil,
    error_type: evil,
    workflow_phase: evil,
    outcome: 'failed',
  })
  expect(changeLine(change, 'clock', plain)).not.toMatch(/\p{Cc}/u)
})

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1.0 s'],
  [59_900, '59.9 s'],
  [59_960, '1 m 00 s'],
  [125_000, '2 m 05 s'],
  [3_600_000, '1 h 00 m'],
  [5_430_000, '1 h 30 m'],
])('%i ms is shown as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})
