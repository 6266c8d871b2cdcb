import { expect, test } from 'vitest'
import { createStreamSessions, shortSessions } from '../../src/tail/session-ids.ts'

test.each([
  [
    ['3f2a9c11-77aa', '8463c716-a2ea'],
    ['3f2a9c11', '8463c716'],
  ],
  [
    ['sim-1-session-7', 'sim-1-session-19', 'other'],
    ['sim-1-session-7', 'sim-1-session-1', 'other'],
  ],
  [
    ['sim-1-session-7', 'sim-1-session-7'],
    ['sim-1-se', 'sim-1-se'],
  ],
  [
    ['session-1', 'session-10'],
    ['session-1', 'session-10'],
  ],
  [[], []],
])('the ids %j are shortened to %j', (ids, short) => {
  expect(ids.map(shortSessions(ids))).toEqual(short)
})

test('the ids of a stream are lengthened until those so far differ', () => {
  const sessions = createStreamSessions()
  sessions.learn(['sim-1-session-7'])
  expect(sessions.cell('sim-1-session-7')).toBe('sim-1-se')
  sessions.learn(['sim-1-session-19', 'other'])
  expect(['sim-1-session-7', 'sim-1-session-19', 'other'].map(sessions.cell)).toEqual([
    'sim-1-session-7',
    'sim-1-session-1',
    'other          ',
  ])
})

test('ids of a stream are never longer than a UUID', () => {
  const sessions = createStreamSessions()
  const [one, two] = [`${'x'.repeat(99)}1`, `${'x'.repeat(99)}2`]
  sessions.learn([one, two])
  expect(sessions.cell(two)).toBe('x'.repeat(36))
})
