import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { REPOSITORY_ROOT, type ServiceName } from '../settings.ts'
import { type LogLine, readLogLine } from './log-line.ts'

/** How long a service has to end by itself, in milliseconds; less than the 5 s that `start` promises. */
const STOP_MS_MAX = 4_500
const ERROR_LINES_MAX = 20
const END_WITH_PARENT = import.meta.resolve('./end-with-parent.mjs')

/** How a service ended, and the last errors it wrote. */
export interface ServiceEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly errors: readonly string[]
}

export interface ServiceProcess {
  readonly pid: number | undefined
  readonly ended: Promise<ServiceEnd>
}

/** Starts a service and passes on each line it writes. Aborting the signal stops it, at last by force. */
export function startService(
  name: ServiceName,
  options: { env: NodeJS.ProcessEnv; signal: AbortSignal; onLine: (line: LogLine) => void },
): ServiceProcess {
  const bin = join(REPOSITORY_ROOT, 'apps', name, 'bin.mjs')
  // A process group of its own: Ctrl-C in a terminal goes to the whole group, and a service must hear it once only.
  const child = spawn(process.execPath, ['--import', END_WITH_PARENT, bin], {
    cwd: REPOSITORY_ROOT,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  })
  const errors: string[] = []
  for (const stream of [child.stdout!, child.stderr!]) {
    eachLine(stream, (text) => {
      const line = readLogLine(text)
      if (line.isError) errors.push(line.text)
      if (errors.length > ERROR_LINES_MAX) errors.shift()
      options.onLine(line)
    })
  }
  const stop = () => {
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX).unref()
  }
  if (options.signal.aborted) stop()
  else options.signal.addEventListener('abort', stop, { once: true })
  const ended = once(child, 'close').then(([code, signal]): ServiceEnd => {
    options.signal.removeEventListener('abort', stop)
    return { code, signal, errors }
  })
  return { pid: child.pid, ended }
}

function eachLine(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
    if (line !== '') onLine(line)
  })
}
