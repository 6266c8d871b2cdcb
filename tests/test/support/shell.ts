import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter } from 'node:path'
import { inheritedEnvironment } from '@skillwatch/testkit'
import { ROOT } from './repository.ts'

/** A command in a shell at the root of the repository, with its own process group, as in a terminal. */
export interface ShellCommand {
  readonly child: ChildProcess
  stdout(): string
  /** Both streams, for messages. */
  output(): string
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** A signal for the whole group, as Ctrl-C in a terminal sends it. */
  signalGroup(signal: NodeJS.Signals): void
}

/**
 * PATH without the folders that the test runner puts first, so that `node` is the one that the machine has.
 */
function pathOfAPerson(): string {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.filter((folder) => !folder.includes('node_modules')).join(delimiter)
}

export function runInShell(command: string, env: Readonly<Record<string, string>>): ShellCommand {
  const child = spawn('sh', ['-c', command], {
    cwd: ROOT,
    env: { ...inheritedEnvironment(), ...env, PATH: pathOfAPerson() },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let stdout = ''
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
    output += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
  })
  return {
    child,
    stdout: () => stdout,
    output: () => output,
    exited: once(child, 'close').then(([code, signal]) => ({ code, signal })),
    signalGroup(signal) {
      try {
        process.kill(-child.pid!, signal)
      } catch (error) {
        // The whole group has ended already.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    },
  }
}
