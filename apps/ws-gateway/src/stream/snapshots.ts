import { formatInstant, type Kind, type MetricsMessage } from '@skillwatch/schema'
import type { FastifyBaseLogger } from 'fastify'
import type { Counter } from 'prom-client'
import type { Receiver } from './subscription.ts'

const TICK_MS = 100
const SNAPSHOT_MS = 1_000

/** What a snapshot holds beside the id of the subscription and its instant. */
export type Snapshot = Omit<MetricsMessage, 'type' | 'id' | 'at'>
type TakeSnapshot = (projectId: number, kind: Kind | undefined, limit: number) => Snapshot

/** One subscription to metrics. */
export interface MetricsSubscription {
  readonly id: string
  readonly projectId: number
  readonly kind: Kind | undefined
  readonly limit: number
  readonly intervalMs: number
  readonly receiver: Receiver
}

export interface SnapshotFeedOptions {
  readonly takeSnapshot: TakeSnapshot
  /** Wall clock, for the snapshot's instant. */
  readonly now: () => number
  /** Monotonic milliseconds. */
  readonly clock: () => number
  readonly skipped: Counter
  readonly logger: FastifyBaseLogger
}

/** Sends metrics at each subscription's own pace. Equal snapshots of one second are computed once, whoever asks. */
export class SnapshotFeed {
  readonly #options: SnapshotFeedOptions
  readonly #dueAtMs = new Map<MetricsSubscription, number>()
  readonly #texts = new Map<string, { text: string; takenAtMs: number }>()
  #timer: NodeJS.Timeout | undefined
  #failing = false

  constructor(options: SnapshotFeedOptions) {
    this.#options = options
  }

  get subscriptionCount(): number {
    return this.#dueAtMs.size
  }

  /** The first snapshot goes out at once. */
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
        this.#options.logger.error({ err: error }, 'a metrics snapshot failed; trying again')
      this.#failing = true
    }
  }

  #sendDue(nowMs: number): void {
    for (const [key, { takenAtMs }] of this.#texts) {
      if (nowMs - takenAtMs >= SNAPSHOT_MS) this.#texts.delete(key)
    }
    for (const [subscription, dueAtMs] of [...this.#dueAtMs]) {
      if (dueAtMs > nowMs) continue
      this.#sendOne(subscription, nowMs)
      this.#dueAtMs.set(subscription, Math.max(dueAtMs + subscription.intervalMs, nowMs))
    }
  }

  /** A paused client does without this one: the next one is newer anyway. */
  #sendOne(subscription: MetricsSubscription, nowMs: number): void {
    if (!subscription.receiver.isReady()) {
      this.#options.skipped.inc()
      return
    }
    const text = this.#snapshotText(subscription, nowMs)
    subscription.receiver.send(
      Buffer.from(`{"type":"metrics","id":${JSON.stringify(subscription.id)},${text}`),
    )
  }

  /** The message after its id. */
  #snapshotText({ projectId, kind, limit }: MetricsSubscription, nowMs: number): string {
    const key = `${projectId}|${kind ?? ''}|${limit}`
    const known = this.#texts.get(key)
    if (known !== undefined) return known.text
    const snapshot = this.#options.takeSnapshot(projectId, kind, limit)
    const text = JSON.stringify({ at: formatInstant(this.#options.now()), ...snapshot }).slice(1)
    this.#texts.set(key, { text, takenAtMs: nowMs })
    return text
  }
}
