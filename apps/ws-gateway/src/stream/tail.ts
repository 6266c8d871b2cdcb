import type { FastifyBaseLogger } from 'fastify'
import type { Counter } from 'prom-client'
import { type ChangeLog, LogGapError } from './change-log.ts'
import { isSettled } from './cursor.ts'
import { deliverLive, deliverProgress, deliverReplay, type Subscription } from './subscription.ts'

/** Milliseconds of one tick that replays may take together; what happens now goes out before them. */
const REPLAY_BUDGET_MS = 4
/** How often it is checked that the log is still the same one. */
const REPLACED_CHECK_MS = 1_000

export interface TailOptions {
  readonly log: ChangeLog
  readonly pollMs: number
  /** Monotonic milliseconds. */
  readonly clock: () => number
  readonly logger: FastifyBaseLogger
  readonly pollErrors: Counter
  /** The subscription cannot go on in this log; its client has to subscribe again. */
  readonly onLost: (subscription: Subscription, reason: 'gap' | 'replaced') => void
}

/** Follows the change log of one project for all its subscriptions. Looks at it only while there are any. */
export class Tail {
  readonly log: ChangeLog
  readonly #options: TailOptions
  readonly #subscriptions = new Set<Subscription>()
  #timer: NodeJS.Timeout | undefined
  #failing = false
  /** Whether all have been told everything: then a tick without a new change is done. */
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

  /** One look at the log. Trouble with the database is logged once, counted, and tried again at the next tick. */
  tick(): void {
    try {
      this.#checkLog()
      if (this.log.poll() || !this.#settled) this.#deliver()
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

  #deliver(): void {
    const nowMs = this.#options.clock()
    const replaying: Subscription[] = []
    this.#settled = false
    for (const subscription of [...this.#subscriptions]) {
      if (subscription.cursor.phase === 'live') this.#serve(subscription, deliverLive)
      if (subscription.cursor.phase === 'replaying') replaying.push(subscription)
    }
    this.#replay(replaying, nowMs)
    this.#settled = [...this.#subscriptions].every(({ cursor }) => isSettled(cursor))
  }

  /** One page for each in turn; those the time did not reach are first at the next tick. */
  #replay(replaying: readonly Subscription[], startedAtMs: number): void {
    for (const subscription of replaying) {
      this.#serve(subscription, deliverReplay)
      this.#moveToEnd(subscription)
      if (this.#options.clock() - startedAtMs >= REPLAY_BUDGET_MS) return
    }
  }

  #serve(subscription: Subscription, deliver: typeof deliverLive): void {
    const nowMs = this.#options.clock()
    try {
      deliver(subscription, this.log, nowMs)
      deliverProgress(subscription, nowMs)
    } catch (error) {
      if (!(error instanceof LogGapError)) throw error
      this.#options.onLost(subscription, 'gap')
    }
  }

  #moveToEnd(subscription: Subscription): void {
    if (this.#subscriptions.delete(subscription)) this.#subscriptions.add(subscription)
  }
}
