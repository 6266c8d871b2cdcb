import { formatInstant } from '@skillwatch/schema'
import { anObservation, observationArbitrary } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { getSession, listSessions } from '../../src/index.ts'
import { NOW_MS, PROJECT } from '../database.ts'
import { allPages, recorded } from './recorded.ts'

test('a session has its outcomes, its times and its skills, the most used first', () => {
  using database = recorded([
    anObservation({
      session_id: 's',
      skill_name: 'a',
      invoked_at: NOW_MS - 3_000,
      ended_at: NOW_MS - 1_000,
    }),
    anObservation({ session_id: 's', skill_name: 'b', invoked_at: NOW_MS - 9_000, outcome: 'failed' }),
    anObservation({ session_id: 's', skill_name: 'b', invoked_at: NOW_MS - 8_000 }),
    anObservation({ session_id: 'other' }),
  ])
  expect(getSession(database.reader, PROJECT, 's')).toEqual({
    session_id: 's',
    invocation_count: 3,
    running_count: 0,
    completed_count: 2,
    failed_count: 1,
    rejected_count: 0,
    abandoned_count: 0,
    first_invoked_at: formatInstant(NOW_MS - 9_000),
    last_active_at: formatInstant(NOW_MS - 1_000),
    skills: [
      { kind: 'skill', skill_name: 'b', invocation_count: 2 },
      { kind: 'skill', skill_name: 'a', invocation_count: 1 },
    ],
    api_usage: expect.objectContaining({ request_count: 0 }),
  })
  expect(getSession(database.reader, PROJECT, 'unknown')).toBeUndefined()
})

test('pages of sessions, put together, are all sessions, the latest active first', () => {
  const sessionId = fc.integer({ min: 1, max: 30 }).map((number) => `session-${number}`)
  const observation = fc
    .tuple(observationArbitrary({ invocations: 200 }), sessionId)
    .map(([item, session_id]) => ({ ...item, session_id }))
  fc.assert(
    fc.property(
      fc.array(observation, { minLength: 10, maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
      (items, limit) => {
        using database = recorded(items)
        const listed = allPages((cursor) => listSessions(database.reader, PROJECT, { limit, cursor }))
        const rows = database.reader.sqlite.prepare('select session_id from session').pluck().all()
        expect(listed.map((session) => session.session_id).toSorted()).toEqual(rows.toSorted())
        const times = listed.map((session) => session.last_active_at)
        expect(times).toEqual(times.toSorted().toReversed())
      },
    ),
    { numRuns: 15 },
  )
})
