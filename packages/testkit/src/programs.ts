import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { inheritedEnvironment } from './environment.ts'

export interface ProgramOptions {
  /** Default: the Node that runs the tests. */
  command?: string
  args: readonly string[]
  /** The whole environment of the program, except for the variables of {@link inheritedEnvironment}. */
  env?: Readonly<Record<string, string>>
  cwd?: string
}

export interface ProgramResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

interface StartedProgram {
  readonly child: ChildProcess
  readonly result: Promise<ProgramResult>
}

/** Starts a program that ends by itself, with both outputs as pipes. */
export function startProgram({
  command = process.execPath,
  args,
  env,
  cwd,
}: ProgramOptions): StartedProgram {
  const child = spawn(command, args, {
    cwd,
    env: { ...inheritedEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk
    })
  }
  const result = once(child, 'close').then(
    ([code, signal]) => ({ code, signal, ...output }) as ProgramResult,
  )
  return { child, result }
}

/** Runs a program to its end. */
export function runProgram(options: ProgramOptions): Promise<ProgramResult> {
  return startProgram(options).result
}
