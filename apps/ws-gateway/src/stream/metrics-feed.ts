import { formatInstant, type Kind } from '@skillwatch/schema'
import type { FastifyBaseLogger } from 'fastify'
import type { Counter } from 'prom-client'
import type { ProjectMetrics } from './project-metrics.ts'
import type { Receiver } from './receiver.ts'

const TICK_MS = 100
/** Subscriptions share metrics that were read within this time. */
const SHARED_MS = 1_000

/** One subscription to metrics. */
export interface MetricsSubscription {
  readonly id: string
  readonly projectId: number
  readonly kind: Kind | undefined
  readonly limit: number
  readonly intervalMs: number
  readonly receiver: Receiver
}

export interface MetricsFeedOptions {
  readonly readMetrics: (projectId: number, kind: Kind | undefined, limit: number) => ProjectMetrics
  /** Wall clock, for `at` of the message. */
  readonly now: () => number
  /** Monotonic milliseconds. */
  readonly clock: () => number
  readonly skipped: Counter
  readonly logger: FastifyBaseLogger
}

/**
 * Sends metrics in the interval of each subscription. Within a second equal metrics are read once for all of
 * them.
 */
export class MetricsFeed {
  readonly #options: MetricsFeedOptions
  readonly #dueAtMs = new Map<MetricsSubscription, number>()
  readonly #texts = new Map<string, { text: string; readAtMs: number }>()
  #timer: NodeJS.Timeout | undefined
  #failing = false

  constructor(options: MetricsFeedOptions) {
    this.#options = options
  }

  get subscriptionCount(): number {
    return this.#dueAtMs.size
  }

  /** The first message is sent at once. */
  add(subscription: MetricsSubscription): void {
    this.#dueAtMs.set(subscription, this.#options.clock())
    this.#timer ??= setInterval(() => this.tick(), TICK_MS)
    this.tick()
  }

  remove(subscription: MetricsSubscription): void {
    this.#dueAtMs.delete(subscription)
    if (this.#dueAtMs.size === 0) this.stop()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#texts.clear()
  }

  tick(): void {
    try {
      this.#sendDue(this.#options.clock())
      this.#failing = false
    } catch (error) {
      if (!this.#failing)
        this.#options.logger.error({ err: error }, 'reading the metrics for the stream failed; trying again')
      this.#failing = true
    }
  }

  #sendDue(nowMs: number): void {
    for (const [key, { readAtMs }] of this.#texts) {
      if (nowMs - readAtMs >= SHARED_MS) this.#texts.delete(key)
    }
    for (const [subscription, dueAtMs] of [...this.#dueAtMs]) {
      if (dueAtMs > nowMs) continue
      this.#sendOne(subscription, nowMs)
      this.#dueAtMs.set(subscription, Math.max(dueAtMs + subscription.intervalMs, nowMs))
    }
  }

  /** A paused client is not sent this message: the next one replaces it. */
  #sendOne(subscription: MetricsSubscription, nowMs: number): void {
    if (!subscription.receiver.isReady()) {
      this.#options.skipped.inc()
      return
    }
    const text = this.#metricsText(subscription, nowMs)
    subscription.receiver.send(
      Buffer.from(`{"type":"metrics","id":${JSON.stringify(subscription.id)},${text}`),
    )
  }

  /** The message from the field after `id` on. */
  #metricsText({ projectId, kind, limit }: MetricsSubscription, nowMs: number): string {
    const key = `${projectId}|${kind ?? ''}|${limit}`
    const known = this.#texts.get(key)
    if (known !== undefined) return known.text
    const metrics = this.#options.readMetrics(projectId, kind, limit)
    const text = JSON.stringify({ at: formatInstant(this.#options.now()), ...metrics }).slice(1)
    this.#texts.set(key, { text, readAtMs: nowMs })
    return text
  }
}
