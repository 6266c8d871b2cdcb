import { run } from './program.ts'

/** Longest time a command may take to end after it was told to, in milliseconds. */
const STOP_MS_MAX = 6_000
/** Under npm one Ctrl-C arrives twice, from the terminal and from npm; only a later one means impatience. */
const SAME_SIGNAL_MS = 500

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

const { stdout, stderr, env } = process
stdout.on('error', onOutputError)
stderr.on('error', onOutputError)
const world = {
  stdout,
  stderr,
  env,
  get signal() {
    return listen()
  },
}
process.exitCode = await run(process.argv.slice(2), world)
