import { type ChildProcess, spawn } from 'node:child_process'
import { inheritedEnvironment } from './environment.ts'
import { until } from './until.ts'

const OUTPUT_LENGTH_MAX = 1_000_000
const STOP_TIMEOUT_MS = 10_000

export interface ProcessOptions {
  /** Default: the Node that runs the tests. */
  command?: string
  args: readonly string[]
  /** The whole environment of the process, except for the variables of {@link inheritedEnvironment}. */
  env?: Readonly<Record<string, string>>
  cwd?: string
  /** A pattern in its output (the first group is the `url`), or a check that is repeated until it holds. */
  ready: RegExp | (() => Promise<boolean>)
  /** How long it may take to be ready; default a minute. */
  timeoutMs?: number
}

export interface RunningProcess extends AsyncDisposable {
  readonly pid: number
  /** The first group of the `ready` pattern. */
  readonly url: string | undefined
  /** The last million characters that it has written to stdout and stderr. */
  output(): string
  kill(signal: NodeJS.Signals): void
  /** Sends SIGTERM, and after ten seconds SIGKILL; resolves when the process has ended. */
  stop(): Promise<Exit>
  readonly exited: Promise<Exit>
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/**
 * Starts a program and waits until it is ready.
 * @throws {Error} with its output, when it ends before it is ready or is not ready in time
 */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const { command = process.execPath, args, cwd, env, ready, timeoutMs = 60_000 } = options
  const child = spawn(command, args, {
    cwd,
    env: { ...inheritedEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = collectOutput(child)
  const exited = waitForExit(child)
  let exit: Exit | undefined
  void exited.then((value) => {
    exit = value
  })
  const match = async () => {
    if (exit) throw new Error(`ended before it was ready: ${JSON.stringify(exit)}`)
    return ready instanceof RegExp ? ready.exec(output()) : (await ready()) ? [] : null
  }
  try {
    const found = await until(async () => exit !== undefined || (await match()), {
      timeoutMs,
      what: 'ready',
    })
    if (exit) throw new Error(`ended before it was ready: ${JSON.stringify(exit)}`)
    return running(child, exited, output, (found as string[])[1])
  } catch (cause) {
    child.kill('SIGKILL')
    throw new Error(`${command} ${args.join(' ')}: ${(cause as Error).message}\n${output()}`, { cause })
  }
}

function running(
  child: ChildProcess,
  exited: Promise<Exit>,
  output: () => string,
  url: string | undefined,
): RunningProcess {
  const stop = () => stopChild(child, exited)
  return {
    pid: child.pid!,
    url,
    output,
    exited,
    stop,
    kill: (signal) => child.kill(signal),
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}

async function stopChild(child: ChildProcess, exited: Promise<Exit>): Promise<Exit> {
  child.kill('SIGTERM')
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  const exit = await exited
  clearTimeout(killer)
  return exit
}

function collectOutput(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-OUTPUT_LENGTH_MAX)
    })
  }
  return () => text
}

/**
 * Also resolves for a command that cannot start, with a negative code; its error is added to the output.
 */
function waitForExit(child: ChildProcess): Promise<Exit> {
  child.on('error', (error) => child.stderr?.emit('data', `${error.message}\n`))
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })))
}
