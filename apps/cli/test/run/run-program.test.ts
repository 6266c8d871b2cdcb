import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { inheritedEnvironment, temporaryFolder, until } from '@skillwatch/testkit'
import { describe, expect, test } from 'vitest'
import { type ProgramOptions, runProgram } from '../../src/run/run-program.ts'

function shell(script: string, more: Partial<ProgramOptions> = {}) {
  const signals = new EventEmitter()
  const env = inheritedEnvironment()
  const ended = runProgram({
    command: 'sh',
    args: ['-c', script],
    env,
    hasTerminal: false,
    signals,
    ...more,
  })
  return { signals, ended }
}

describe('what cannot be started ends as in a shell', () => {
  test.each([
    ['an empty name', '', [], 127, 'ENOENT'],
    ['a name that nothing has', 'no-such-program', [], 127, 'ENOENT'],
    ['a file that is not executable', import.meta.filename, [], 126, 'EACCES'],
    ['a path through a file', `${import.meta.filename}/x`, [], 126, 'ENOTDIR'],
    ['an argument that is too long', 'true', ['x'.repeat(3_000_000)], 126, 'E2BIG'],
  ])('%s', async (_, command, args, exitCode, code) => {
    const { ended } = shell('', { command, args })
    expect(await ended).toMatchObject({
      exitCode,
      signal: undefined,
      wasInterrupted: false,
      error: { code },
    })
  })
})

describe('signals', () => {
  /** Runs a script that says when it is ready, and then sends it signals. */
  async function endOf(signal: NodeJS.Signals, hasTerminal: boolean) {
    using folder = temporaryFolder()
    const [ready, heard] = [join(folder.path, 'ready'), join(folder.path, 'heard')]
    const name = signal.slice('SIG'.length)
    const traps = `trap 'touch "${heard}"' ${name}; trap 'exit 9' TERM`
    const { signals, ended } = shell(`${traps}; touch "${ready}"; while :; do sleep 0.02; done`, {
      hasTerminal,
    })
    await until(() => existsSync(ready))
    signals.emit(signal)
    if (!hasTerminal) await until(() => existsSync(heard))
    signals.emit('SIGTERM')
    const end = await ended
    expect(signals.eventNames()).toEqual([])
    return { ...end, wasHeard: existsSync(heard) }
  }

  test.each(['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const)(
    '%s reaches a program that has no terminal, and nothing listens any more afterwards',
    async (signal) => expect(await endOf(signal, false)).toMatchObject({ exitCode: 9, wasHeard: true }),
  )

  test.each(['SIGINT', 'SIGQUIT', 'SIGWINCH'] as const)(
    '%s is not sent again where the terminal has sent it to the program already',
    async (signal) => expect(await endOf(signal, true)).toMatchObject({ exitCode: 9, wasHeard: false }),
  )

  test('signals that end a program make its end an interrupted one, others do not', async () => {
    expect(await endOf('SIGINT', true)).toMatchObject({ wasInterrupted: true })
    const { signals, ended } = shell('exit 3')
    signals.emit('SIGWINCH')
    expect(await ended).toMatchObject({ exitCode: 3, wasInterrupted: false })
  })
})
