import { formatInstant } from '@skillwatch/schema'
import { anObservation, observationArbitrary } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CursorError, getSession, listSessions } from '../../src/index.ts'
import { NOW_MS, PROJECT } from '../database.ts'
import { allPages, recorded } from './recorded.ts'

test('a session has its outcomes, its times and its skills, the most used first', async () => {
  using database = await recorded([
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

test('pages of sessions, put together, are all sessions by their last activity, in both orders', async () => {
  const sessionId = fc.integer({ min: 1, max: 30 }).map((number) => `session-${number}`)
  const observation = fc
    .tuple(observationArbitrary({ invocations: 200 }), sessionId)
    .map(([item, session_id]) => ({ ...item, session_id }))
  await fc.assert(
    fc.asyncProperty(
      fc.array(observation, { minLength: 10, maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
      async (items, limit) => {
        using database = await recorded(items)
        const listed = allPages((cursor) => listSessions(database.reader, PROJECT, { limit, cursor }))
        const rows = database.reader.sqlite.prepare('select session_id from session').pluck().all()
        expect(listed.map((session) => session.session_id).toSorted()).toEqual(rows.toSorted())
        const times = listed.map((session) => session.last_active_at)
        expect(times).toEqual(times.toSorted().toReversed())
        const reversed = allPages((cursor) =>
          listSessions(database.reader, PROJECT, { order: 'asc', limit, cursor }),
        )
        expect(reversed).toEqual(listed.toReversed())
      },
    ),
    { numRuns: 15 },
  )
})

test('a cursor of sessions is accepted in its own order only', async () => {
  using database = await recorded([anObservation({ session_id: 'a' }), anObservation({ session_id: 'b' })])
  for (const [order, other] of [
    ['asc', 'desc'],
    ['desc', 'asc'],
  ] as const) {
    const { next_cursor } = listSessions(database.reader, PROJECT, { order, limit: 1 })
    const turned = { order: other, limit: 1, cursor: next_cursor! }
    expect(() => listSessions(database.reader, PROJECT, turned)).toThrow(CursorError)
  }
})

test('a prefix selects the sessions whose id begins with it, page by page, the latest active first', async () => {
  const sessionIds = ['3f2', '3f2a', '3f2a-1', '3f2\u{10fffe}', '3F2a', '3f3', '3e', '%', '_f2', 'é3f2']
  using database = await recorded(
    sessionIds.map((session_id, index) => anObservation({ session_id, invoked_at: NOW_MS - index * 1_000 })),
  )
  const matching = (prefix: string, limit = 100) =>
    allPages((cursor) => listSessions(database.reader, PROJECT, { prefix, limit, cursor })).map(
      (session) => session.session_id,
    )
  for (const limit of [1, 2, 100]) {
    expect(matching('3f2', limit)).toEqual(['3f2', '3f2a', '3f2a-1', '3f2\u{10fffe}'])
    expect(matching('3', limit)).toEqual(sessionIds.filter((id) => id.startsWith('3')))
  }
  const oldest = listSessions(database.reader, PROJECT, { prefix: '3f2', order: 'asc', limit: 1 })
  expect(oldest.items[0]?.session_id).toBe('3f2\u{10fffe}')
  expect(matching('3f2a-1')).toEqual(['3f2a-1'])
  expect(matching('%')).toEqual(['%'])
  expect(matching('_')).toEqual(['_f2'])
  expect(matching('3f2b')).toEqual([])
})
