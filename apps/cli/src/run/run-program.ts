import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'

/** How a program ended. */
export interface ProgramEnd {
  /** What a shell would end with: the program's own code, 128 + n for signal n, 127 not found, 126 not executable. */
  readonly exitCode: number
  readonly signal: NodeJS.Signals | undefined
  /** Whether somebody asked for its end: Ctrl-C, or a signal sent to us. */
  readonly wasInterrupted: boolean
  /** Why it could not be started. */
  readonly error: Error | undefined
}

export interface ProgramOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Whether Ctrl-C comes from a terminal, which tells the program too: telling it twice would be taken for impatience. */
  readonly hasTerminal: boolean
  /** Where our own signals arrive: the process. */
  readonly signals: NodeJS.EventEmitter
}

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const
const ENDING: ReadonlySet<string> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])
/** Sent by the terminal to everything that runs in the foreground. */
const FROM_TERMINAL: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT', 'SIGWINCH'])

/** Runs a program with our own input and output, and passes signals on to it. Never rejects. */
export function runProgram({
  command,
  args,
  env,
  hasTerminal,
  signals,
}: ProgramOptions): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    let wasInterrupted = false
    let child: ChildProcess | undefined
    const listeners = PASSED_ON.map((signal) => {
      const listener = () => {
        wasInterrupted ||= ENDING.has(signal)
        if (!(hasTerminal && FROM_TERMINAL.has(signal))) child?.kill(signal)
      }
      signals.on(signal, listener)
      return () => signals.off(signal, listener)
    })
    const end = (exitCode: number, signal?: NodeJS.Signals | null, error?: Error) => {
      for (const remove of listeners) remove()
      resolve({ exitCode, signal: signal ?? undefined, wasInterrupted, error })
    }
    const notStarted = (error: NodeJS.ErrnoException) =>
      end(error.code === 'ENOENT' ? 127 : 126, undefined, error)
    try {
      child = spawn(command, args, { stdio: 'inherit', env })
    } catch (error) {
      // What it is called with is refused at once: an empty name, a file in place of a folder, too many arguments.
      return notStarted(command === '' ? Object.assign(new Error(), { code: 'ENOENT' }) : (error as Error))
    }
    child.once('error', (error) => {
      // Errors of a program that runs (a signal that cannot be sent) do not end it.
      if (child?.pid === undefined) notStarted(error)
    })
    child.once('exit', (code, signal) => end(code ?? 128 + constants.signals[signal!], signal))
  })
}
