import { ConfigError } from './config.ts'
import { answerArguments, type ServiceDescription } from './usage.ts'

/** Time to close after the first signal; the process then ends within five seconds in all. */
const SHUTDOWN_MS = 4_500

export interface ServiceContext {
  /** Aborted by SIGTERM and SIGINT. */
  readonly signal: AbortSignal
}

/**
 * Runs a service until it ends. SIGTERM or SIGINT aborts `signal`; `main` then closes what it opened and
 * returns. A second signal, or too slow a close, ends the process with code 1. An error that the person who
 * starts the service can correct is printed in one line, any other with its stack. `--help` describes the
 * environment.
 */
export async function runService(
  name: string,
  description: ServiceDescription,
  main: (context: ServiceContext) => Promise<void>,
): Promise<void> {
  const answer = answerArguments(name, description, process.argv.slice(2))
  if (answer !== undefined) {
    const stream = answer.exitCode === 0 ? process.stdout : process.stderr
    stream.write(`${answer.text}\n`)
    process.exitCode = answer.exitCode
    return
  }
  const stop = new AbortController()
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(1)
    setTimeout(() => forceExit(name), SHUTDOWN_MS).unref()
    stop.abort()
  }
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal)
  try {
    await main({ signal: stop.signal })
  } catch (error) {
    if (stop.signal.aborted && (error as Error).name === 'AbortError') return
    process.stderr.write(`${name}: ${describeFailure(error)}\n`)
    process.exitCode = 1
    // Resources opened before the failure may keep the process alive.
    process.exit()
  }
}

function forceExit(name: string): void {
  process.stderr.write(`${name}: did not close within ${SHUTDOWN_MS} ms, ended by force\n`)
  process.exit(1)
}

/** One line when the person who starts the service can correct the cause, else the stack. */
function describeFailure(error: unknown): string {
  if (error instanceof ConfigError || typeof (error as { hint?: unknown } | null)?.hint === 'string') {
    return (error as Error).message
  }
  const { code, address, port } = error as { code?: string; address?: string; port?: number }
  if (code === 'EADDRINUSE')
    return `${address}:${port} is in use; stop what listens there or choose another port`
  if (code === 'EACCES' && port !== undefined)
    return `${address}:${port} may not be listened on; choose a port from 1024`
  if (code === 'EADDRNOTAVAIL') return `${address} is not an address of this machine`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
