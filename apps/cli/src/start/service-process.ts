import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { REPOSITORY_ROOT, type ServiceName } from '../settings.ts'
import { type LogLine, readLogLine } from './log-line.ts'

/** Milliseconds that a service has to close before it is killed. */
const STOP_MS_MAX = 4_500
const ERROR_LINES_MAX = 20
const END_WITH_PARENT = import.meta.resolve('./end-with-parent.mjs')

/** How a service ended, and its last error lines. */
export interface ServiceEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly errors: readonly string[]
}

export interface ServiceProcess {
  readonly pid: number | undefined
  readonly ended: Promise<ServiceEnd>
}

/**
 * Starts a service and passes on each line that it writes. Aborting the signal stops it, by force if needed.
 */
export function startService(
  name: ServiceName,
  { env, signal, onLine }: { env: NodeJS.ProcessEnv; signal: AbortSignal; onLine: (line: LogLine) => void },
): ServiceProcess {
  const bin = join(REPOSITORY_ROOT, 'apps', name, 'bin.mjs')
  // In a process group of its own, as Ctrl-C in a terminal signals the whole group and would reach a service
  // twice.
  const child = spawn(process.execPath, ['--import', END_WITH_PARENT, bin], {
    cwd: REPOSITORY_ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  })
  const errors: string[] = []
  for (const stream of [child.stdout!, child.stderr!]) {
    eachLine(stream, (text) => {
      const line = readLogLine(text)
      if (line.isError) errors.push(line.text)
      if (errors.length > ERROR_LINES_MAX) errors.shift()
      onLine(line)
    })
  }
  const ended = stopOnAbort(child, signal).then(([code, end]): ServiceEnd => ({ code, signal: end, errors }))
  return { pid: child.pid, ended }
}

/** Resolves with exit code and signal when the process has ended. */
async function stopOnAbort(
  child: ChildProcess,
  signal: AbortSignal,
): Promise<[number | null, NodeJS.Signals | null]> {
  const stop = () => {
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX).unref()
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  const [code, end] = await once(child, 'close')
  signal.removeEventListener('abort', stop)
  return [code, end]
}

function eachLine(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
    if (line !== '') onLine(line)
  })
}
