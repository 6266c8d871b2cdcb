import { NOW_MS } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import type { SessionBuddyRecord } from '../../../src/import/session-buddy/source.ts'
import { readTimestamp } from '../../../src/import/session-buddy/timestamp.ts'
import { toObservation } from '../../../src/import/session-buddy/to-observation.ts'

const whole = {
  skill_name: 'pytest-run',
  invoked_at: '2026-02-10T12:00:00Z',
  session_id: 's1',
  completed: 1,
  duration_seconds: 5.2,
}

function read(record: SessionBuddyRecord | undefined, layout: 'V4' | 'new' = 'V4') {
  return toObservation({ rowId: 1, invocationId: 'id', record }, layout, NOW_MS)
}

test.each([
  ['2026-02-10T12:00:00.123456+00:00', '2026-02-10T12:00:00.123+00:00', false],
  ['2026-02-10T12:00:00Z', '2026-02-10T12:00:00.000Z', false],
  ['2026-02-10 12:00:00', '2026-02-10T12:00:00.000Z', true],
  ['2026-02-10T12:00:00.5', '2026-02-10T12:00:00.500Z', true],
  ['2026-02-10T14:00+0200', '2026-02-10T14:00:00.000+02:00', false],
  ['2026-02-10', '2026-02-10T00:00:00.000Z', true],
])('%s is read as %s', (text, expected, isNaive) => {
  expect(readTimestamp(text)).toEqual({ text: expected, isNaive })
})

test.each(['', 'yesterday', '1770724800', '2026-02-10T12', '12:00:00'])('%s is no timestamp', (text) => {
  expect(readTimestamp(text)).toBeUndefined()
})

test('completed, failed and undecided calls get different outcomes', () => {
  expect(read(whole).observation?.outcome).toBe('completed')
  expect(read({ ...whole, completed: 0, error_type: 'E501' }).observation).toMatchObject({
    outcome: 'failed',
    error_type: 'E501',
  })
  const undecided = read({ ...whole, completed: 0 })
  expect(undecided.observation?.outcome).toBe('abandoned')
  expect(undecided.assumed).toEqual(['no_error_counted_as_abandoned'])
  expect(read({ ...whole, completed: 'maybe' }).skipped).toBe('completed: is neither true nor false')
})

test('everything that is stated is taken under its name', () => {
  const fields = {
    duration_seconds: 5.2,
    workflow_path: 'quick',
    workflow_phase: 'execution',
    workflow_step_id: 'step-3',
    user_query: 'run the tests',
    alternatives_considered: ['ruff-check'],
    selection_rank: 1,
    follow_up_actions: ['git commit'],
  }
  const { observation, dropped } = read({ ...whole, ...fields })
  expect(dropped).toEqual([])
  expect(observation).toEqual({
    invocation_id: 'id',
    skill_name: 'pytest-run',
    session_id: 's1',
    witness: 'import',
    invoked_at: '2026-02-10T12:00:00.000Z',
    outcome: 'completed',
    ...fields,
  })
})

test.each([
  ['invoked_at', 'last week', 'invoked_at: is not a date and time'],
  ['invoked_at', '2026-02-30T12:00:00Z', /^invoked_at: is not an RFC 3339/],
  ['invoked_at', '2036-02-10T12:00:00Z', 'invoked_at: is more than 24 hours in the future'],
  ['skill_name', 'x'.repeat(201), /^skill_name: must not have more than 200/],
  ['skill_name', 'a\u0007b', 'skill_name: holds a control character or a lone surrogate'],
  ['skill_name', null, 'skill_name: must be string'],
  ['session_id', 'x'.repeat(201), /^session_id: must not have more than 200/],
])('a row with %s %j is skipped with its reason', (field, value, reason) => {
  const { observation, skipped } = read({ ...whole, [field]: value })
  expect(observation).toBeUndefined()
  expect(skipped).toMatch(reason)
})

test('what is no object is skipped', () => {
  expect(read(undefined)).toMatchObject({ observation: undefined, skipped: 'is not an object' })
})

test.each([
  ['duration_seconds', -1, /^duration_seconds: must be >= 0/],
  ['duration_seconds', 'long', /^duration_seconds: must be number/],
  ['selection_rank', 0, /^selection_rank: must be >= 1/],
  ['workflow_phase', 'x'.repeat(201), /^workflow_phase: /],
  ['follow_up_actions', ['ok', 'x'.repeat(201)], /^follow_up_actions: /],
  ['alternatives_considered', 'not a list', /^alternatives_considered: must be array/],
  ['user_query', 'x'.repeat(100_001), /^user_query: /],
  ['user_query', Buffer.from('x'), /^user_query: must be string/],
])('a %s that is wrong is left out with its reason, and the call is kept', (field, value, reason) => {
  const { observation, dropped } = read({ ...whole, [field]: value })
  expect(observation).not.toHaveProperty(field)
  expect(observation?.skill_name).toBe('pytest-run')
  expect(dropped).toEqual([expect.stringMatching(reason)])
})

test('whole messages in place of a class of error are cut, and that is said', () => {
  const { observation, dropped } = read({ ...whole, completed: 0, error_type: `${'x'.repeat(999)}😀` })
  expect(observation?.error_type?.length).toBe(1_000)
  expect(observation?.error_type?.isWellFormed()).toBe(true)
  expect(dropped).toEqual(['error_type: cut to 1000 characters'])
})

test("the newer tracker's stand-in for a duration is none", () => {
  const stand_in = { ...whole, duration_seconds: 0.01 }
  expect(read(stand_in, 'new').observation).not.toHaveProperty('duration_seconds')
  expect(read(stand_in, 'new').dropped.length).toBe(1)
  expect(read(stand_in, 'V4').observation?.duration_seconds).toBe(0.01)
})

test('a call without session goes where session-buddy puts it, and that is said', () => {
  const { observation, assumed } = read({ ...whole, session_id: null })
  expect(observation?.session_id).toBe('migrated')
  expect(assumed).toEqual(['no_session_named_migrated'])
})
