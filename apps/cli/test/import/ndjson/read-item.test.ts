import { type Invocation, Observation, parseObservation } from '@skillwatch/schema'
import { NOW_MS } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { itemsOf, readItem } from '../../../src/import/ndjson/read-item.ts'

const newId = () => 'made'

const invocation: Invocation = {
  invocation_id: 'toolu_1',
  kind: 'skill',
  skill_name: 'pdf-fill',
  session_id: 's',
  user_hash: 'abc',
  trigger: 'agent',
  invoked_at: '2026-11-01T09:30:00.120Z',
  ended_at: '2026-11-01T09:30:31.620Z',
  outcome: 'completed',
  completed: true,
  execution_ms: 31_500,
  elapsed_ms: 31_500,
  user_query_bytes: 3,
  user_query_hash: 'def',
  alternatives_considered: ['pdf-read'],
  attributes: { 'ci.branch': 'main' },
  witnesses: ['hook', 'transcript'],
}

test('an observation is taken as it is, with an id when it has none', () => {
  const observation = { skill_name: 'a', session_id: 's', witness: 'sdk', user_id: 'u' }
  expect(readItem(observation, NOW_MS, newId)).toEqual({
    form: 'observation',
    observation: { ...observation, invocation_id: 'made' },
    skipped: undefined,
    ignored: [],
  })
})

test('an invocation becomes an observation; fields of its own database are left out by name', () => {
  const { form, observation, ignored } = readItem(invocation, NOW_MS, newId)
  const { user_hash, completed, user_query_bytes, user_query_hash, witnesses, ...reported } = invocation
  expect({ form, observation }).toEqual({
    form: 'invocation',
    observation: { ...reported, witness: 'import' },
  })
  expect(ignored).toEqual(['user_hash', 'user_query_bytes', 'user_query_hash'])
  expect(parseObservation(observation, NOW_MS, newId)).toHaveProperty('observation')
})

test('an end that was computed is left to be computed again, so that no span comes of it', () => {
  const { elapsed_ms: _, ...withoutSpan } = invocation
  expect(readItem(withoutSpan, NOW_MS, newId).observation).not.toHaveProperty('ended_at')
  const { execution_ms: __, ...contradicting } = { ...withoutSpan, ended_at: '2026-11-01T09:00:00.000Z' }
  const { observation, ignored } = readItem(contradicting, NOW_MS, newId)
  expect(observation?.outcome).toBe('completed')
  expect(ignored).toContain('ended_at')
})

test('every field of an invocation that an observation has comes along', () => {
  const shared = Object.keys(invocation).filter((field) => field in Observation.properties)
  expect(Object.keys(readItem(invocation, NOW_MS, newId).observation!)).toEqual(
    expect.arrayContaining(shared),
  )
})

test.each([
  [{ skill_name: 'a' }, '/session_id is required'],
  [
    { skill_name: 'a', session_id: 's', colour: 1 },
    '/colour is not a known field; put own fields into attributes',
  ],
  [{ skill_name: 'a', session_id: 's', execution_ms: -1 }, '/execution_ms must be >= 0'],
  [{ ...invocation, invoked_at: 'never' }, /^\/invoked_at is not an RFC 3339/],
  [{ offset: 1, op: 'delete', invocation_id: 'a' }, 'reports a deletion'],
  ['text', 'is not an object'],
  [null, 'is not an object'],
])('%j is refused with its reason', (item, reason) => {
  expect(readItem(item, NOW_MS, newId)).toMatchObject({
    observation: undefined,
    skipped: expect.stringMatching(reason),
  })
})

test('changes, pages and messages of the stream are opened', () => {
  const change = { offset: 1, op: 'insert', invocation }
  const deletion = { offset: 2, op: 'delete', invocation_id: 'x' }
  expect(itemsOf(invocation)).toEqual([invocation])
  expect(itemsOf(change)).toEqual([invocation])
  expect(itemsOf({ items: [invocation, invocation], next_cursor: null })).toEqual([invocation, invocation])
  expect(itemsOf({ type: 'changes', items: [change, deletion] })).toEqual([invocation, deletion])
  expect(itemsOf({ items: [] })).toEqual([])
})
