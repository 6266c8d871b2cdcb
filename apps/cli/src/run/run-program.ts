import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'

/** How a program ended. */
export interface ProgramEnd {
  /** As in a shell: the program's own code, 128 + n for signal n, 127 not found, 126 not executable. */
  readonly exitCode: number
  readonly signal: NodeJS.Signals | undefined
  /** Whether Ctrl-C or a signal to this process ended it. */
  readonly wasInterrupted: boolean
  /** Set when it could not be started. */
  readonly error: Error | undefined
}

export interface ProgramOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /**
   * Whether Ctrl-C is sent by a terminal, which signals the program itself. It must not receive a second
   * signal.
   */
  readonly hasTerminal: boolean
  /** Emits the signals that this process receives. */
  readonly signals: NodeJS.EventEmitter
}

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const
const ENDING: ReadonlySet<string> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])
/** Signals that a terminal sends to all programs in the foreground. */
const FROM_TERMINAL: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT', 'SIGWINCH'])

/** Runs a program with the input and output of this process, and forwards signals to it. Never rejects. */
export async function runProgram(options: ProgramOptions): Promise<ProgramEnd> {
  let child: ChildProcess | undefined
  const forwarding = forwardSignals(options, (signal) => child?.kill(signal))
  try {
    child = spawn(options.command, options.args, { stdio: 'inherit', env: options.env })
    const [code, signal] = await waitForExit(child)
    const exitCode = code ?? 128 + constants.signals[signal!]
    const { wasInterrupted } = forwarding
    return { exitCode, signal: signal ?? undefined, wasInterrupted, error: undefined }
  } catch (error) {
    return notStarted(options.command, error as NodeJS.ErrnoException, forwarding.wasInterrupted)
  } finally {
    forwarding.stop()
  }
}

function forwardSignals(
  { hasTerminal, signals }: ProgramOptions,
  kill: (signal: NodeJS.Signals) => void,
): { readonly wasInterrupted: boolean; stop(): void } {
  let wasInterrupted = false
  const listeners = FORWARDED.map((signal) => {
    const listener = () => {
      wasInterrupted ||= ENDING.has(signal)
      if (!(hasTerminal && FROM_TERMINAL.has(signal))) kill(signal)
    }
    signals.on(signal, listener)
    return () => signals.off(signal, listener)
  })
  return {
    get wasInterrupted() {
      return wasInterrupted
    },
    stop() {
      for (const remove of listeners) remove()
    },
  }
}

/** @throws the error of a program that could not be started */
function waitForExit(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve([code, signal]))
    child.on('error', (error) => {
      // An error of a running program, such as a signal that cannot be sent, does not end it.
      if (child.pid === undefined) reject(error)
    })
  })
}

/** Some errors are thrown by `spawn` itself: an empty name, too many arguments. */
function notStarted(command: string, error: NodeJS.ErrnoException, wasInterrupted: boolean): ProgramEnd {
  const cause = command === '' ? Object.assign(new Error(), { code: 'ENOENT' }) : error
  return { exitCode: cause.code === 'ENOENT' ? 127 : 126, signal: undefined, wasInterrupted, error: cause }
}
