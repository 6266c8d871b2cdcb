import { type HookArguments, hookArguments } from './hook/arguments.ts'

/** Milliseconds that a command has to end after the first signal. */
const STOP_MS_MAX = 6_000
/**
 * Under npm one Ctrl-C sends two signals, from the terminal and from npm. Only a later one forces the end.
 */
const SAME_SIGNAL_MS = 500

const nowMs = Date.now
const stop = new AbortController()
let isListening = false
let firstSignalMs = Number.POSITIVE_INFINITY

function onSignal(): void {
  if (performance.now() - firstSignalMs > SAME_SIGNAL_MS) process.exit(130)
  if (stop.signal.aborted) return
  firstSignalMs = performance.now()
  stop.abort()
  setTimeout(() => process.exit(130), STOP_MS_MAX).unref()
}

function listen(): AbortSignal {
  if (!isListening)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  isListening = true
  return stop.signal
}

/** The reader of the output has ended (`| head`), which is no error: the command ends. */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  stop.abort()
  setTimeout(() => process.exit(), STOP_MS_MAX).unref()
}

async function runCommandLine(argv: readonly string[]): Promise<number> {
  const { run } = await import('./program.ts')
  const { stdout, stderr, env } = process
  stdout.on('error', onOutputError)
  stderr.on('error', onOutputError)
  const world = {
    get stdin() {
      return process.stdin
    },
    stdout,
    stderr,
    env,
    get signal() {
      return listen()
    },
    nowMs,
  }
  return await run(argv, world)
}

/** A hook process starts for every tool call, so it loads only what it needs. Its exit code is always 0. */
async function runHookAlone({ spool, texts }: HookArguments): Promise<0> {
  try {
    const [{ runHook }, { spoolFolderOf }] = [
      await import('./hook/run-hook.ts'),
      await import('./settings.ts'),
    ]
    const folder = spool ?? spoolFolderOf(process.env)
    const problem = runHook({ folder, withTexts: texts, nowMs })
    if (problem !== undefined) process.stderr.write(`skillwatch hook: ${problem}\n`)
  } catch (error) {
    process.stderr.write(`skillwatch hook: ${(error as Error).message}\n`)
  }
  return 0
}

const argv = process.argv.slice(2)
const hook = hookArguments(argv)
process.exitCode = await (hook === undefined ? runCommandLine(argv) : runHookAlone(hook))
