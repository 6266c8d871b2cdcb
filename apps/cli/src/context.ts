import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import { readSettings, type Settings } from './settings.ts'

export type Format = Parameters<typeof styleText>[0]

/** A place to write to: a terminal, a pipe or a file. */
export type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>

/** The process as a command sees it. */
export interface World {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: NodeJS.ProcessEnv
  /**
   * Aborted on Ctrl-C, SIGTERM and SIGHUP, or when the reader of stdout has gone. Reading it takes these signals over;
   * a command that never does (a long count inside SQLite hears nothing) is ended by them at once.
   */
  readonly signal: AbortSignal
}

/** What every command gets from the world; nothing else of the process is touched by commands. */
export interface CommandContext extends World {
  /** Whether stdout is a terminal: progress bars and colours make sense. */
  readonly isTty: boolean
  readonly settings: Settings
  /** Exit code when the command returns normally; 1 says "done, and the answer is no" (differences, something broken). */
  exitCode: 0 | 1
}

/** @throws {CliError} when a variable of the environment cannot be used */
export function createContext(world: World): CommandContext {
  const { stdout, stderr, env } = world
  return {
    stdout,
    stderr,
    env,
    get signal() {
      return world.signal
    },
    isTty: stdout.isTTY === true,
    settings: readSettings(env),
    exitCode: 0,
  }
}

/** Styles text for an output; plain where the output is no terminal or colour is switched off (NO_COLOR). */
export function style(output: Output, format: Format, text: string): string {
  return styleText(format, text, { stream: output as NodeJS.WritableStream, validateStream: true })
}

/** Writes one line for a program or a person to read. */
export function print(context: World, line = ''): void {
  context.stdout.write(`${line}\n`)
}

/** Writes one line for a person: explanations, progress, warnings. */
export function note(context: World, line: string): void {
  context.stderr.write(`${line}\n`)
}
