import { PassThrough } from 'node:stream'
import type { Invocation, UpsertChange } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import type { Output } from '../../src/context.ts'
import type { TimeStyle } from '../../src/tail/line.ts'
import { createLines } from '../../src/tail/lines.ts'
import { columns } from '../../src/text.ts'

function aChange(invocation_id: string, session_id: string): UpsertChange {
  const invocation: Invocation = {
    invocation_id,
    kind: 'skill',
    skill_name: 'pdf-fill',
    session_id,
    trigger: 'agent',
    invoked_at: '2026-11-22T09:30:00.000Z',
    ended_at: '2026-11-22T09:30:01.000Z',
    outcome: 'completed',
    completed: true,
    witnesses: ['sdk'],
  }
  return { offset: 1, op: 'insert', invocation }
}

function lines(
  stdout: Output = new PassThrough(),
  time: TimeStyle = 'clock',
): ReturnType<typeof createLines> {
  const plain = (_format: unknown, text: string) => text
  return createLines({ stdout, paint: { stdout: plain, stderr: plain } }, time)
}

test('sessions that begin alike differ, also between messages', () => {
  const render = lines()
  expect(render([aChange('a', 'sim-1-session-1'), aChange('b', 'sim-1-session-2')])).toMatch(
    / {2}sim-1-session-1\n.* {2}sim-1-session-2\n$/,
  )
  expect(render([aChange('c', 'sim-1-session-2b')])).toMatch(/ {2}sim-1-session-2b\n$/)
})

test.each(['clock', 'date'] as const)(
  'at 80 columns the ids of simulated sessions are whole and in one column, with the time as %s',
  (time) => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
    const ids = [9, 10, 247, 248].map((number) => `sim-mwz854d9-session-${number}`)
    const shown = lines(
      terminal,
      time,
    )(ids.map((id) => aChange(id, id)))
      .trimEnd()
      .split('\n')
    expect(shown.map((line) => line.split(' ').at(-1))).toEqual(ids)
    expect(new Set(shown.map((line) => line.indexOf('sim-'))).size).toBe(1)
    expect(Math.max(...shown.map(columns))).toBeLessThanOrEqual(80)
  },
)

test('a line is not shown again because session ids became longer', () => {
  const render = lines()
  expect(render([aChange('a', 'sim-1-session-1')])).toMatch(/ {2}sim-1-se\n$/)
  expect(
    render([aChange('b', 'sim-1-session-2'), aChange('a', 'sim-1-session-1')]).split('\n'),
  ).toHaveLength(2)
})

test('a deletion has no line', () => {
  const deletion = { offset: 2, op: 'delete', invocation_id: 'a' } as never
  expect(lines()([deletion])).toBe('')
})
