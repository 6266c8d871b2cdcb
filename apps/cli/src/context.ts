import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import { noteLines } from './note-lines.ts'
import { readSettings, type Settings } from './settings.ts'

/** Styles text for one output, if that output shows colours. */
export type Paint = (format: Parameters<typeof styleText>[0], text: string) => string

/** A terminal, a pipe or a file. */
export type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>

/** Standard input; questions can be asked when `isTTY` is set. */
type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean }

/** The parts of the process that commands may use. */
export interface World {
  /** Absent where questions cannot be asked. */
  readonly stdin?: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly env: NodeJS.ProcessEnv
  /**
   * Aborted on Ctrl-C, SIGTERM and SIGHUP, or when the reader of stdout has ended. Reading it installs the
   * handlers of these signals. They end a command that never reads it at once, even during a long SQLite
   * query.
   */
  readonly signal: AbortSignal
  /** The clock, in epoch milliseconds. */
  readonly nowMs: () => number
}

/** Everything that commands use of the process. */
export interface CommandContext extends World {
  /** Whether stdout is a terminal, which shows progress bars and colours. */
  readonly isTty: boolean
  readonly paint: { readonly stdout: Paint; readonly stderr: Paint }
  readonly settings: Settings
  /**
   * Exit code when the command returns normally. 1 means that it worked and found differences or something
   * broken. `run` sets the exit code of its command.
   */
  exitCode: number
}

/** @throws {CliError} when a variable of the environment cannot be used */
export function createContext(world: World): CommandContext {
  const { stdout, stderr, env, nowMs } = world
  return {
    // Read when it is needed, as reading it opens it.
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

/** Terminals get colours. NO_COLOR (no-color.org) and FORCE_COLOR (force-color.org) override that. */
export function createPaint(output: Output, { NO_COLOR, FORCE_COLOR }: NodeJS.ProcessEnv): Paint {
  const isColoured = FORCE_COLOR ? FORCE_COLOR !== '0' : output.isTTY === true && !NO_COLOR
  return isColoured
    ? (format, text) => styleText(format, text, { validateStream: false })
    : (_, text) => text
}

/** Columns of a terminal that does not report its width. */
const USUAL_WIDTH = 80

/** How wide lines on stdout may be, in columns: as wide as the terminal; elsewhere nothing is cut. */
export function widthOf({ stdout }: Pick<World, 'stdout'>): number {
  return columnsOf(stdout)
}

function columnsOf(output: Output): number {
  if (output.isTTY !== true) return Number.POSITIVE_INFINITY
  return output.columns || USUAL_WIDTH
}

/** Moves to the start of a terminal's line and erases it. */
export const CLEAR_LINE = '\r\u001b[K'

/** Writes one line of output to stdout. */
export function print(context: World, line = ''): void {
  context.stdout.write(`${line}\n`)
}

/** Writes a text to stderr, broken into lines of the terminal: explanations, warnings, errors. */
export function note({ stderr }: Pick<World, 'stderr'>, text: string): void {
  stderr.write(`${noteLines(text, columnsOf(stderr)).join('\n')}\n`)
}

/** Writes lines of output to stdout. */
export function printLines(context: World, lines: readonly string[]): void {
  for (const line of lines) print(context, line)
}
