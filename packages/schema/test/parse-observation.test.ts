import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DURATION_MS_MAX, parseObservation, parseSessionEnd } from '../src/index.ts'
import { NOW_MS } from './clock.ts'

const valid = { invocation_id: 'a', skill_name: 'pdf-fill', session_id: 's' }
const parse = (value: unknown) => parseObservation(value, NOW_MS, () => 'made')

test('every field of an observation is converted to the units of the tables', () => {
  const result = parse({
    ...valid,
    invoked_at: '2026-11-22T10:30:00.120+01:00',
    ended_at: Date.UTC(2026, 10, 22, 9, 30, 31),
    duration_seconds: 1.5,
    user_id: 'u',
    user_query: 'q',
  })
  expect(result).toEqual({
    observation: {
      invocation_id: 'a',
      witness: 'sdk',
      fields: {
        skill_name: 'pdf-fill',
        session_id: 's',
        invoked_at_ms: Date.UTC(2026, 10, 22, 9, 30, 0, 120),
        ended_at_ms: Date.UTC(2026, 10, 22, 9, 30, 31),
        execution_ms: 1_500,
      },
      user_id: 'u',
      user_query: 'q',
    },
  })
})

test('span_ms is accepted as the former name of elapsed_ms', () => {
  const former = parse({ ...valid, span_ms: 1_234.5678 })
  expect(former).toEqual(parse({ ...valid, elapsed_ms: 1_234.5678 }))
  expect(former).toMatchObject({ observation: { fields: { elapsed_ms: 1_234.568 } } })
})

test('an observation without an id is given a new one', () => {
  const { invocation_id: _, ...withoutId } = valid
  expect(parse(withoutId)).toMatchObject({ observation: { invocation_id: 'made' } })
})

test.each([
  [null, '', 'must be object'],
  [{ session_id: 's' }, '/skill_name', 'is required'],
  [{ ...valid, skil: 1 }, '/skil', 'is not a known field; put own fields into attributes'],
  [
    JSON.parse('{"skill_name":"a","session_id":"s","__proto__":{}}'),
    '/__proto__',
    'is not a known field; put own fields into attributes',
  ],
  [{ ...valid, 'a/b~c': 1 }, '/a~1b~0c', 'is not a known field; put own fields into attributes'],
  [{ ...valid, skill_name: 5 }, '/skill_name', 'must be string'],
  [{ ...valid, skill_name: '' }, '/skill_name', 'must not have fewer than 1 characters'],
  [{ ...valid, skill_name: 'x'.repeat(1_000_000) }, '/skill_name', 'must not have more than 200 characters'],
  [{ ...valid, skill_name: 'a\0b' }, '/skill_name', 'holds a control character or a lone surrogate'],
  [{ ...valid, session_id: '\ud800' }, '/session_id', 'holds a control character or a lone surrogate'],
  [{ ...valid, kind: 'spell' }, '/kind', 'must be one of skill, command, agent, mcp, tool'],
  [{ ...valid, execution_ms: -1 }, '/execution_ms', 'must be >= 0'],
  [{ ...valid, execution_ms: DURATION_MS_MAX + 1 }, '/execution_ms', `must be <= ${DURATION_MS_MAX}`],
  [
    { ...valid, execution_ms: 1, duration_seconds: 1 },
    '/duration_seconds',
    'has the same meaning as execution_ms: send only one of them',
  ],
  [
    { ...valid, elapsed_ms: 1, span_ms: 1 },
    '/span_ms',
    'has the same meaning as elapsed_ms: send only one of them',
  ],
  [
    { ...valid, invoked_at: 'yesterday' },
    '/invoked_at',
    'is not an RFC 3339 date-time with offset, such as 2026-11-22T09:30:00.120Z',
  ],
  [
    { ...valid, invoked_at: '2026-11-22T09:30:00' },
    '/invoked_at',
    'is not an RFC 3339 date-time with offset, such as 2026-11-22T09:30:00.120Z',
  ],
  [
    { ...valid, invoked_at: '2026-02-30T00:00:00Z' },
    '/invoked_at',
    'is not an RFC 3339 date-time with offset, such as 2026-11-22T09:30:00.120Z',
  ],
  [
    { ...valid, invoked_at: 1_795_339_800 },
    '/invoked_at',
    'is before 2000-01-01T00:00:00Z; it looks like seconds, send milliseconds',
  ],
  [{ ...valid, invoked_at: '1969-07-20T20:17:40Z' }, '/invoked_at', 'is before 2000-01-01T00:00:00Z'],
  [{ ...valid, ended_at: '2999-01-01T00:00:00Z' }, '/ended_at', 'is more than 24 hours in the future'],
  [
    { ...valid, invoked_at: 1_767_225_601_000, ended_at: 1_767_225_600_000 },
    '/ended_at',
    'is before invoked_at',
  ],
  [
    { ...valid, attributes: { nested: {} } },
    '/attributes/nested',
    'must be a string, a number or a boolean',
  ],
  [
    { ...valid, attributes: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, 1])) },
    '/attributes',
    'must not have more than 64 properties',
  ],
])('$1 is refused: $2', (value, pointer, reason) => {
  expect(parse(value)).toEqual({ pointer, reason })
})

test.each([
  '[E501] line too long',
  'quick.v2',
  "'; drop table skill_invocation; --",
  'up{job="x"} == 0',
  '$(rm -rf /)',
  '../../etc/passwd',
  '𝕊kill ☃',
])('%s is accepted unchanged', (text) => {
  const result = parse({
    ...valid,
    skill_name: text,
    workflow_path: text,
    error_type: text,
    attributes: { [text]: text },
  })
  expect(result).toMatchObject({
    observation: {
      fields: { skill_name: text, workflow_path: text, error_type: text, attributes: { [text]: text } },
    },
  })
})

test('the end of a session has the session, its time and an id made of both', () => {
  expect(parseSessionEnd({ session_id: 's', ended_at: NOW_MS }, NOW_MS)).toEqual({
    observation: {
      invocation_id: `session-end-s-${NOW_MS}`,
      witness: 'hook',
      session_end: true,
      fields: { session_id: 's', ended_at_ms: NOW_MS },
    },
  })
})

test.each([
  [{ ended_at: NOW_MS }, '/session_id', 'is required'],
  [{ session_id: '\0', ended_at: NOW_MS }, '/session_id', 'holds a control character or a lone surrogate'],
  [
    { session_id: 's', ended_at: '2999-01-01T00:00:00Z' },
    '/ended_at',
    'is more than 24 hours in the future',
  ],
])('the end of a session %j is refused at %s: it %s', (value, pointer, reason) => {
  expect(parseSessionEnd(value, NOW_MS)).toEqual({ pointer, reason })
})

test('for any value the result is an observation or a pointer with a reason', () => {
  const anything = fc.oneof(
    fc.anything(),
    fc.record(
      {
        skill_name: fc.anything(),
        session_id: fc.anything(),
        invoked_at: fc.anything(),
        attributes: fc.object(),
      },
      { requiredKeys: [] },
    ),
  )
  fc.assert(
    fc.property(anything, (value) => {
      const result = parse(value)
      if ('observation' in result) expect(result.observation.fields.skill_name).toBeTypeOf('string')
      else expect([typeof result.pointer, result.reason.length > 0]).toEqual(['string', true])
    }),
    { numRuns: 2_000 },
  )
})
