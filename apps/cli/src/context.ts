import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import { readSettings, type Settings } from './settings.ts'

/** Styles text for one output; plain where that output has no colours. */
export type Paint = (format: Parameters<typeof styleText>[0], text: string) => string

/** A place to write to: a terminal, a pipe or a file. */
export type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>

/** Where a person can be asked something; `isTTY` says that there is one. */
type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean }

/** The process as a command sees it. */
export interface World {
  /** Left out where nobody can be asked. */
  readonly stdin?: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly env: NodeJS.ProcessEnv
  /**
   * Aborted on Ctrl-C, SIGTERM and SIGHUP, or when the reader of stdout has gone. Reading it takes these signals over;
   * a command that never does (a long count inside SQLite hears nothing) is ended by them at once.
   */
  readonly signal: AbortSignal
  /** The clock, in epoch milliseconds. */
  readonly nowMs: () => number
}

/** What every command gets from the world; nothing else of the process is touched by commands. */
export interface CommandContext extends World {
  /** Whether stdout is a terminal: progress bars and colours make sense. */
  readonly isTty: boolean
  readonly paint: { readonly stdout: Paint; readonly stderr: Paint }
  readonly settings: Settings
  /**
   * Exit code when the command returns normally; 1 says "done, and the answer is no" (differences, something broken).
   * `run` ends with what its command has ended with.
   */
  exitCode: number
}

/** @throws {CliError} when a variable of the environment cannot be used */
export function createContext(world: World): CommandContext {
  const { stdout, stderr, env, nowMs } = world
  return {
    // Asked for when it is needed: reading it opens it.
    get stdin() {
      return world.stdin
    },
    stdout,
    stderr,
    env,
    get signal() {
      return world.signal
    },
    nowMs,
    isTty: stdout.isTTY === true,
    paint: { stdout: createPaint(stdout, env), stderr: createPaint(stderr, env) },
    settings: readSettings(env),
    exitCode: 0,
  }
}

/** Colours are for terminals, unless NO_COLOR (no-color.org) forbids or FORCE_COLOR (force-color.org) demands them. */
export function createPaint(output: Output, { NO_COLOR, FORCE_COLOR }: NodeJS.ProcessEnv): Paint {
  const isColoured = FORCE_COLOR ? FORCE_COLOR !== '0' : output.isTTY === true && !NO_COLOR
  return isColoured
    ? (format, text) => styleText(format, text, { validateStream: false })
    : (_, text) => text
}

/** Writes one line for a program or a person to read. */
export function print(context: World, line = ''): void {
  context.stdout.write(`${line}\n`)
}

/** Writes one line for a person: explanations, progress, warnings. */
export function note(context: World, line: string): void {
  context.stderr.write(`${line}\n`)
}
