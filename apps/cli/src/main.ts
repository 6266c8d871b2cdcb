import { run } from './program.ts'

/** Longest time a command may take to end after it was told to, in milliseconds. */
const STOP_MS_MAX = 6_000

const stop = new AbortController()

function onSignal(): void {
  if (stop.signal.aborted) process.exit(130)
  stop.abort()
  setTimeout(() => process.exit(130), STOP_MS_MAX).unref()
}

/** The reader has gone (`| head`): nothing is wrong, and nothing is left to do. */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  stop.abort()
  setTimeout(() => process.exit(), STOP_MS_MAX).unref()
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
process.stdout.on('error', onOutputError)
process.stderr.on('error', onOutputError)

const { stdout, stderr, env } = process
process.exitCode = await run(process.argv.slice(2), { stdout, stderr, env, signal: stop.signal })
