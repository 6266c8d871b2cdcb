import { type HookArguments, hookArguments } from './hook/arguments.ts'

/** Longest time a command may take to end after it was told to, in milliseconds. */
const STOP_MS_MAX = 6_000
/** Under npm one Ctrl-C arrives twice, from the terminal and from npm; only a later one means impatience. */
const SAME_SIGNAL_MS = 500

const nowMs = Date.now
const stop = new AbortController()
let listens = false
let firstSignalMs = Number.POSITIVE_INFINITY

function onSignal(): void {
  if (performance.now() - firstSignalMs > SAME_SIGNAL_MS) process.exit(130)
  if (stop.signal.aborted) return
  firstSignalMs = performance.now()
  stop.abort()
  setTimeout(() => process.exit(130), STOP_MS_MAX).unref()
}

function listen(): AbortSignal {
  if (!listens) for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  listens = true
  return stop.signal
}

/** The reader has gone (`| head`): nothing is wrong, and nothing is left to do. */
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

/** A hook starts for every tool call, so it loads nothing that it does not need, and always ends with 0. */
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
