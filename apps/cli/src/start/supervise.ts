import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, ask } from '../http.ts'
import type { Listener, ServiceName } from '../settings.ts'
import type { LogLine } from './log-line.ts'
import { restartDelayMs } from './restart-delay.ts'
import { type ServiceEnd, startService } from './service-process.ts'

const READY_POLL_MS = 100
const READY_ANSWER_MS_MAX = 1_000
/** A start that takes longer is reported. */
const SLOW_AFTER_MS = 5_000

/** Called when something happens to a service. */
export interface ServiceEvents {
  onStart(name: ServiceName, pid: number | undefined): void
  onLine(name: ServiceName, line: LogLine): void
  /**
   * It is not ready after some time. Called at most once per start, with the reasons that the service gives.
   */
  onSlow(name: ServiceName, reasons: readonly string[]): void
  onReady(name: ServiceName): void
  onEnd(name: ServiceName, end: ServiceEnd, delayMs: number): void
}

/** A service ended by itself before it was ever ready, so starting it again would not help. */
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

interface SuperviseOptions {
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly events: ServiceEvents
}

/**
 * Keeps a service running until the signal is aborted, and returns when it has ended.
 * @throws {CannotStartError} when it ends by itself before it was ever ready
 */
export async function supervise(
  name: ServiceName,
  listener: Listener,
  options: SuperviseOptions,
): Promise<void> {
  const { signal, events } = options
  let delayMs = 0
  let wasReady = false
  while (!signal.aborted) {
    const startedMs = performance.now()
    const { end, isReady } = await runOnce(name, listener, options)
    wasReady ||= isReady
    if (signal.aborted) return
    if (!wasReady && end.signal === null) throw new CannotStartError(name, end)
    delayMs = restartDelayMs(delayMs, performance.now() - startedMs)
    events.onEnd(name, end, delayMs)
    await sleep(delayMs, undefined, { signal }).catch(() => undefined) // Aborted: the loop ends.
  }
}

/** Runs a service until it ends. @returns how it ended, and whether it was ready before */
async function runOnce(
  name: ServiceName,
  listener: Listener,
  { env, signal, events }: SuperviseOptions,
): Promise<{ end: ServiceEnd; isReady: boolean }> {
  const service = startService(name, { env, signal, onLine: (line) => events.onLine(name, line) })
  events.onStart(name, service.pid)
  const ended = new AbortController()
  const ready = waitUntilReady(listener, {
    signal: AbortSignal.any([signal, ended.signal]),
    onSlow: (reasons) => events.onSlow(name, reasons),
  }).then((isReady) => {
    if (isReady) events.onReady(name)
    return isReady
  })
  const end = await service.ended
  ended.abort()
  return { end, isReady: await ready }
}

/** A service begins its error lines with its own name. */
function withoutPrefix(service: string, lines: readonly string[]): string[] {
  return lines.map((line) => (line.startsWith(`${service}: `) ? line.slice(service.length + 2) : line))
}

/** How a service ended, as text. */
export function describeEnd({ code, signal }: ServiceEnd): string {
  return signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`
}

/** False when the signal was aborted before. */
async function waitUntilReady(
  { url }: Listener,
  { signal, onSlow }: { signal: AbortSignal; onSlow: (reasons: readonly string[]) => void },
): Promise<boolean> {
  const startedMs = performance.now()
  let isReported = false
  while (!signal.aborted) {
    const answer = await health(url, signal)
    if (answer?.status === 200) return true
    if (!isReported && performance.now() - startedMs > SLOW_AFTER_MS) {
      isReported = true
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
