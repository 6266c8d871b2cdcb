import { expect, test } from 'vitest'
import { readLogLine } from '../../src/start/log-line.ts'

test('an error of a service is shown with its cause', () => {
  const line = JSON.stringify({ level: 50, msg: 'cannot commit', err: { message: 'disk full' } })
  expect(readLogLine(line)).toEqual({ text: 'cannot commit: disk full', isError: true })
})

test('a cause that the message contains is not repeated', () => {
  const line = JSON.stringify({ level: 60, msg: 'disk full', err: { message: 'disk full' } })
  expect(readLogLine(line).text).toBe('disk full')
})

test('a line below error is none', () => {
  expect(readLogLine('{"level":30,"msg":"listening"}')).toEqual({ text: 'listening', isError: false })
})

test.each(['Error: boom', '{"level":50,"msg":"to', '{}', '{"level":"error","msg":1}'])(
  '%s is shown as it is',
  (line) => {
    expect(readLogLine(line).text).toBe(line)
  },
)
