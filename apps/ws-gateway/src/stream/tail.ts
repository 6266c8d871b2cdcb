import type { FastifyBaseLogger } from 'fastify'
import type { Counter } from 'prom-client'
import type { ChangeLog } from './change-log.ts'
import { isSettled } from './log-cursor.ts'
import { LogGapError } from './log-pages.ts'
import { type Subscription, sendLive, sendProgress, sendReplay } from './subscription.ts'

/** Milliseconds of one tick that all replays together may take. New changes are sent before them. */
const REPLAY_BUDGET_MS = 4
/** How often the tail checks that the database still holds the same log. */
const REPLACED_CHECK_MS = 1_000

export interface TailOptions {
  readonly log: ChangeLog
  readonly pollMs: number
  /** Monotonic milliseconds. */
  readonly clock: () => number
  readonly logger: FastifyBaseLogger
  readonly pollErrors: Counter
  /** The subscription cannot continue in this log; its client must subscribe again. */
  readonly onLost: (subscription: Subscription, reason: 'gap' | 'replaced') => void
}

/** Follows the change log of one project for its subscriptions; without any it reads nothing. */
export class Tail {
  readonly log: ChangeLog
  readonly #options: TailOptions
  readonly #subscriptions = new Set<Subscription>()
  #timer: NodeJS.Timeout | undefined
  #failing = false
  /** Whether everything was sent to all: then a tick without a new change has nothing to do. */
  #settled = false
  #checkedAtMs: number

  constructor(options: TailOptions) {
    this.log = options.log
    this.#options = options
    this.#checkedAtMs = options.clock()
  }

  get subscriptionCount(): number {
    return this.#subscriptions.size
  }

  add(subscription: Subscription): void {
    this.#subscriptions.add(subscription)
    this.#settled = false
    this.#timer ??= setInterval(() => this.tick(), this.#options.pollMs)
  }

  remove(subscription: Subscription): void {
    this.#subscriptions.delete(subscription)
    if (this.#subscriptions.size === 0) this.stop()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /**
   * Reads and sends once. An error of the database is logged once, counted, and tried again at the next
   * tick.
   */
  tick(): void {
    try {
      this.#checkLog()
      if (this.log.poll() || !this.#settled) this.#send()
      if (this.#failing) this.#options.logger.info('the change log can be read again')
      this.#failing = false
    } catch (error) {
      this.#options.pollErrors.inc()
      if (!this.#failing)
        this.#options.logger.error({ err: error }, 'reading the change log failed; trying again')
      this.#failing = true
    }
  }

  #checkLog(): void {
    const nowMs = this.#options.clock()
    if (nowMs - this.#checkedAtMs < REPLACED_CHECK_MS) return
    this.#checkedAtMs = nowMs
    if (!this.log.isReplaced()) return
    for (const subscription of [...this.#subscriptions]) this.#options.onLost(subscription, 'replaced')
  }

  #send(): void {
    const nowMs = this.#options.clock()
    const replaying: Subscription[] = []
    this.#settled = false
    for (const subscription of [...this.#subscriptions]) {
      if (subscription.cursor.phase === 'live') this.#serve(subscription, sendLive)
      if (subscription.cursor.phase === 'replaying') replaying.push(subscription)
    }
    this.#replay(replaying, nowMs)
    this.#settled = [...this.#subscriptions].every(({ cursor }) => isSettled(cursor))
  }

  /** One message for each in turn; those for which there was no time are first at the next tick. */
  #replay(replaying: readonly Subscription[], startedAtMs: number): void {
    for (const subscription of replaying) {
      this.#serve(subscription, sendReplay)
      this.#moveToEnd(subscription)
      if (this.#options.clock() - startedAtMs >= REPLAY_BUDGET_MS) return
    }
  }

  #serve(subscription: Subscription, send: typeof sendLive): void {
    const nowMs = this.#options.clock()
    try {
      send(subscription, this.log, nowMs)
      sendProgress(subscription, nowMs)
    } catch (error) {
      if (!(error instanceof LogGapError)) throw error
      this.#options.onLost(subscription, 'gap')
    }
  }

  #moveToEnd(subscription: Subscription): void {
    if (this.#subscriptions.delete(subscription)) this.#subscriptions.add(subscription)
  }
}
