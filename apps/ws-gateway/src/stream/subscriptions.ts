import type { SubscribeMessage, SubscribeMetricsMessage } from '@skillwatch/schema'
import type { Project } from '@skillwatch/service'
import type { StreamClient } from './client.ts'
import { compileFilter } from './filter.ts'
import { findStart } from './find-start.ts'
import { openCursor } from './log-cursor.ts'
import type { MetricsSubscription } from './metrics-feed.ts'
import type { StreamServices } from './services.ts'
import type { Subscription } from './subscription.ts'
import type { Tail } from './tail.ts'

const METRICS_DEFAULTS = { limit: 10, intervalMs: 1_000 }

/** The subscriptions of one client, to changes and to metrics, by id. */
export class ClientSubscriptions {
  readonly #client: StreamClient
  readonly #services: StreamServices
  readonly #changes = new Map<string, { subscription: Subscription; tail: Tail }>()
  readonly #metrics = new Map<string, MetricsSubscription>()

  constructor(client: StreamClient, services: StreamServices) {
    this.#client = client
    this.#services = services
  }

  get size(): number {
    return this.#changes.size + this.#metrics.size
  }

  has(id: string): boolean {
    return this.#changes.has(id) || this.#metrics.has(id)
  }

  /** `subscribed` is sent before the first changes. */
  addChanges({ id, filter, entities, from }: SubscribeMessage, project: Project): void {
    const log = this.#services.logExtent(project.project_id)
    const { offset, recovered, replay } = findStart(from, log)
    const tail = this.#services.tail(project.project_id)
    const cursor = openCursor(offset, replay ? 'replaying' : 'live', this.#services.clock())
    const subscription = { id, filter: compileFilter(filter, entities), receiver: this.#client, cursor }
    this.#client.reply({ type: 'subscribed', id, epoch: log.epoch, offset, recovered })
    this.#changes.set(id, { subscription, tail })
    tail.add(subscription)
  }

  addMetrics({ id, kind, limit, interval_ms }: SubscribeMetricsMessage, project: Project): void {
    const subscription = {
      id,
      kind,
      projectId: project.project_id,
      limit: limit ?? METRICS_DEFAULTS.limit,
      intervalMs: interval_ms ?? METRICS_DEFAULTS.intervalMs,
      receiver: this.#client,
    }
    this.#metrics.set(id, subscription)
    this.#services.metricsFeed.add(subscription)
  }

  /** @returns whether there was a subscription with this id */
  remove(id: string): boolean {
    const changes = this.#changes.get(id)
    const metrics = this.#metrics.get(id)
    if (changes) changes.tail.remove(changes.subscription)
    if (metrics) this.#services.metricsFeed.remove(metrics)
    return this.#changes.delete(id) || this.#metrics.delete(id)
  }

  removeAll(): void {
    for (const id of [...this.#changes.keys(), ...this.#metrics.keys()]) this.remove(id)
  }
}
