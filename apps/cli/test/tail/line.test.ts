import type { Invocation, UpsertChange } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import { changeLine, formatDuration, type TimeStyle } from '../../src/tail/line.ts'
import { shortSessions } from '../../src/tail/session-ids.ts'
import { columns } from '../../src/text.ts'

const sessionText = shortSessions([])
const plain = (_format: unknown, text: string) => text

function lineOf(overrides: Partial<Invocation> = {}, width = Number.POSITIVE_INFINITY): string {
  return changeLine(aChange(overrides), { time: 'clock', width, sessionText }, plain)
}

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
  expect(lineOf()).toMatch(/^\d\d:\d\d:31 {2}skill {4}pdf-fill {26}✔ completed {7}31\.5 s {2}3f2a9c11$/)
})

test('at 80 columns the outcome is a sign, and the error has room beside the name', () => {
  const failed = {
    outcome: 'failed',
    error_type: 'timeout',
    skill_name: 'plugin:skill-with-a-long-name',
  } as const
  expect(lineOf(failed, 80).slice(8)).toBe(
    '  skill    plugin:skill-with-a-long…  ✘     31.5 s  3f2a9c11  timeout',
  )
  expect(changeLine(aChange(failed), { time: 'date', width: 80, sessionText }, plain)).toMatch(
    /^11-2\d \d\d:\d\d:31 {2}skill {4}plugin:skill-with-a-… {2}✘ {5}31.5 s {2}3f2a9c11 {2}timeout$/,
  )
})

test('at 140 columns a long name, the outcome, the error and the phase are whole', () => {
  const failed = { outcome: 'failed', error_type: 'InvalidToolInput', workflow_phase: 'execution' } as const
  const line = lineOf({ ...failed, skill_name: 'mcp__playwright__browser_click' }, 140)
  expect(line).toContain('  mcp__playwright__browser_click            ✘ failed          31.5 s')
  expect(line).toMatch(/InvalidToolInput {2}execution$/)
})

test.each(['short', 'a-long-name-'.repeat(20), '日本語の名前'.repeat(20), '👩‍💻🙂'.repeat(20)])(
  'no line is wider than the terminal, with the name %s',
  (skill_name) => {
    const failed = {
      outcome: 'failed',
      error_type: 'e'.repeat(200),
      workflow_phase: 'p'.repeat(200),
    } as const
    for (const time of ['clock', 'date'] satisfies TimeStyle[])
      for (let width = 20; width <= 200; width += 3) {
        const line = changeLine(aChange({ ...failed, skill_name }), { time, width, sessionText }, plain)
        expect(columns(line)).toBeLessThanOrEqual(width)
      }
  },
)

test('where the width has no bound nothing is cut', () => {
  const long = { skill_name: 'n'.repeat(200), error_type: 'e'.repeat(200), workflow_phase: 'p'.repeat(200) }
  const line = lineOf({ outcome: 'failed', ...long })
  for (const text of Object.values(long)) expect(line).toContain(text)
})

test.each([80, 140])(
  'at %i columns lines of all outcomes have their columns at the same places',
  (width) => {
    const places = (['running', 'completed', 'failed', 'rejected', 'abandoned'] as const).map((outcome) =>
      lineOf({ outcome }, width).indexOf('3f2a9c11'),
    )
    expect(new Set(places).size).toBe(1)
  },
)

test('earlier changes are shown with their date', () => {
  expect(changeLine(aChange(), { time: 'date', width: 140, sessionText }, plain)).toMatch(
    /^2026-11-2\d \d\d:\d\d:31 {2}/,
  )
})

test('a duration that includes waiting is shown as an upper bound, and an unknown one is left out', () => {
  const { execution_ms: _, ...withoutTime } = aChange().invocation
  expect(lineOf({ execution_ms: undefined, elapsed_ms: 2_000 })).toContain('≤ 2.0 s')
  const view = { time: 'clock', width: 80, sessionText } as const
  expect(changeLine({ ...aChange(), invocation: withoutTime }, view, plain)).not.toContain(' s ')
})

test('no field of an observation can send an escape sequence to the terminal', () => {
  const evil = '\u001b[31mred\u0007'
  const change = { skill_name: evil, session_id: evil, error_type: evil, workflow_phase: evil }
  expect(lineOf({ ...change, outcome: 'failed' })).not.toMatch(/\p{Cc}/u)
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
