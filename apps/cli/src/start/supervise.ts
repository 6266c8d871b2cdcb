import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, ask } from '../http.ts'
import type { Listener, ServiceName } from '../settings.ts'
import type { LogLine } from './log-line.ts'
import { restartDelayMs } from './restart-delay.ts'
import { type ServiceEnd, startService } from './service-process.ts'

const READY_POLL_MS = 100
const READY_ANSWER_MS_MAX = 1_000
/** After so long somebody wonders what is going on. */
const SLOW_AFTER_MS = 5_000

/** What happens to a service, told to whoever shows it. */
export interface ServiceEvents {
  onStart(name: ServiceName, pid: number | undefined): void
  onLine(name: ServiceName, line: LogLine): void
  /** It takes long to be ready, for these reasons if it gives any; told once per start. */
  onSlow(name: ServiceName, reasons: readonly string[]): void
  onReady(name: ServiceName): void
  onDeath(name: ServiceName, end: ServiceEnd, delayMs: number): void
}

/** A service ended by itself before it was ever ready: starting it again would not help. */
export class CannotStartError extends Error {
  override readonly name = 'CannotStartError'
  readonly service: ServiceName
  readonly end: ServiceEnd

  constructor(service: ServiceName, end: ServiceEnd) {
    super(`${service} cannot start: ${withoutPrefix(service, end.errors).join('\n') || describeEnd(end)}`)
    this.service = service
    this.end = end
  }
}

/**
 * Keeps a service running until the signal is aborted, and returns when it has ended.
 * @throws {CannotStartError} when it ends by itself before it was ever ready
 */
export async function supervise(
  name: ServiceName,
  listener: Listener,
  options: { env: NodeJS.ProcessEnv; signal: AbortSignal; events: ServiceEvents },
): Promise<void> {
  const { signal, events } = options
  let delayMs = 0
  let wasReady = false
  while (!signal.aborted) {
    const startedMs = performance.now()
    const service = startService(name, { ...options, onLine: (line) => events.onLine(name, line) })
    events.onStart(name, service.pid)
    const over = new AbortController()
    const onSlow = (reasons: readonly string[]) => events.onSlow(name, reasons)
    const watching = waitUntilReady(listener, {
      signal: AbortSignal.any([signal, over.signal]),
      onSlow,
    }).then((isReady) => {
      if (!isReady) return
      wasReady = true
      events.onReady(name)
    })
    const end = await service.ended
    over.abort()
    await watching
    if (signal.aborted) return
    if (!wasReady && end.signal === null) throw new CannotStartError(name, end)
    delayMs = restartDelayMs(delayMs, performance.now() - startedMs)
    events.onDeath(name, end, delayMs)
    await sleep(delayMs, undefined, { signal }).catch(() => undefined) // Aborted: the loop ends.
  }
}

/** A service begins the line that says why it cannot start with its own name. */
function withoutPrefix(service: string, lines: readonly string[]): string[] {
  return lines.map((line) => (line.startsWith(`${service}: `) ? line.slice(service.length + 2) : line))
}

/** How a service ended, in words. */
export function describeEnd({ code, signal }: ServiceEnd): string {
  return signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`
}

/** False when the signal came first. */
async function waitUntilReady(
  { url }: Listener,
  { signal, onSlow }: { signal: AbortSignal; onSlow: (reasons: readonly string[]) => void },
): Promise<boolean> {
  const beganMs = performance.now()
  let saidSlow = false
  while (!signal.aborted) {
    const answer = await health(url, signal)
    if (answer?.status === 200) return true
    if (!saidSlow && performance.now() - beganMs > SLOW_AFTER_MS) {
      saidSlow = true
      onSlow((answer?.body as { reasons?: string[] } | undefined)?.reasons ?? [])
    }
    await sleep(READY_POLL_MS, undefined, { signal }).catch(() => undefined) // Aborted: the loop ends.
  }
  return false
}

/** Undefined while it does not listen. */
function health(url: string, signal: AbortSignal): Promise<Answer | undefined> {
  const endpoint = { name: '', url, apiKey: undefined, option: '' }
  return ask(endpoint, '/health/ready', { signal, timeoutMs: READY_ANSWER_MS_MAX }).catch(() => undefined)
}
