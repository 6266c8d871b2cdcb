import {
  CLOSE_CODES,
  type ClientMessage,
  type ErrorMessage,
  type SubscribeMessage,
  type SubscribeMetricsMessage,
} from '@skillwatch/schema'
import { authenticate, type Project, VERSION } from '@skillwatch/service'
import type { Static } from 'typebox'
import type { RawData, WebSocket } from 'ws'
import { StreamClient } from './client.ts'
import { openCursor } from './cursor.ts'
import { compileFilter } from './filter.ts'
import type { StreamServices } from './hub.ts'
import { parseMessage } from './parse-message.ts'
import { findStart } from './position.ts'
import type { MetricsSubscription } from './snapshots.ts'
import type { Subscription } from './subscription.ts'
import type { Tail } from './tail.ts'
import { fullBucket, type TokenBucket, takeToken } from './token-bucket.ts'

type ErrorCode = Static<typeof ErrorMessage>['code']
const METRICS_DEFAULTS = { limit: 10, intervalMs: 1_000 }
/** RFC 6455 section 7.4.1. */
const MESSAGE_TOO_BIG = { code: 1009, reason: 'the message is too big' }
const INTERNAL_ERROR = { code: 1011, reason: 'something went wrong here: come back' }

/** One client of subprotocol `skillwatch.v1.json`, from its handshake to its end. */
export class StreamConnection {
  readonly client: StreamClient
  readonly #services: StreamServices
  readonly #changes = new Map<string, { subscription: Subscription; tail: Tail }>()
  readonly #metrics = new Map<string, MetricsSubscription>()
  #authorization: string | undefined
  #project: Project | undefined
  #bucket: TokenBucket
  #authTimer: NodeJS.Timeout | undefined

  constructor(socket: WebSocket, authorization: string | undefined, services: StreamServices) {
    this.#services = services
    this.client = new StreamClient(socket, services.clientOptions, () => this.#release())
    this.#authorization = authorization
    this.#bucket = fullBucket(services.messageRate, services.clock())
    socket.on('message', (data) => this.#receive(data))
    socket.on('ping', () => this.#isWithinRate())
  }

  /** Greets a client that may read, waits for the key of one that has sent none, and closes any other. */
  open(): void {
    this.#guard(() => {
      const project = this.#authenticate()
      if (project !== undefined) this.#accept(project)
      else if (this.#authorization !== undefined) this.client.close(CLOSE_CODES.unauthorized)
      else this.#awaitKey()
    })
  }

  /** Closes a connection whose key does not open this project any more. */
  recheckKey(): void {
    if (this.#project === undefined || this.client.closeReason !== undefined) return
    if (this.#authenticate()?.project_id !== this.#project.project_id)
      this.client.close(CLOSE_CODES.unauthorized)
  }

  /** Ends its subscriptions; nothing of it stays behind. */
  #release(): void {
    clearTimeout(this.#authTimer)
    for (const { subscription, tail } of this.#changes.values()) tail.remove(subscription)
    for (const subscription of this.#metrics.values()) this.#services.snapshots.remove(subscription)
    this.#changes.clear()
    this.#metrics.clear()
  }

  #receive(data: RawData): void {
    if (this.client.closeReason !== undefined || !this.#isWithinRate()) return
    const message = data as Buffer
    if (message.length > this.#services.config.messageLimitBytes) {
      this.client.close(MESSAGE_TOO_BIG)
      return
    }
    this.#guard(() => {
      const parsed = parseMessage(message)
      if ('message' in parsed) this.#handle(parsed.message)
      else this.#refuse('invalid_message', parsed.reason, parsed.id)
    })
  }

  #isWithinRate(): boolean {
    const bucket = takeToken(this.#bucket, this.#services.messageRate, this.#services.clock())
    if (bucket !== undefined) this.#bucket = bucket
    else this.client.close(CLOSE_CODES.rateLimited)
    return bucket !== undefined
  }

  #handle(message: ClientMessage): void {
    const project = this.#project
    if (message.type === 'auth') this.#takeKey(message.api_key)
    else if (project === undefined) this.client.close(CLOSE_CODES.unauthorized)
    else this.#serve(message, project)
  }

  #serve(message: Exclude<ClientMessage, { type: 'auth' }>, project: Project): void {
    switch (message.type) {
      case 'subscribe':
        this.#subscribe(message, project)
        break
      case 'subscribe_metrics':
        this.#subscribeMetrics(message, project)
        break
      case 'unsubscribe':
        this.#unsubscribe(message.id)
        break
      case 'ping':
        this.client.reply({ type: 'pong' })
        break
      default:
        throw new TypeError(`unhandled message ${JSON.stringify(message satisfies never)}`)
    }
  }

  #awaitKey(): void {
    const { authTimeoutMs } = this.#services.config
    this.#authTimer = setTimeout(() => this.client.close(CLOSE_CODES.unauthorized), authTimeoutMs)
  }

  /** A client greeted without a key may still send one before it subscribes: its project may be another. */
  #takeKey(apiKey: string): void {
    if (this.#authorization !== undefined || this.#subscriptionCount > 0) {
      this.#refuse(
        'invalid_message',
        'auth must be the first message, and only where the handshake had no key',
      )
      return
    }
    this.#authorization = `Bearer ${apiKey}`
    const project = this.#authenticate()
    if (project === undefined) this.client.close(CLOSE_CODES.unauthorized)
    else this.#accept(project)
  }

  #authenticate(): Project | undefined {
    const result = authenticate(this.#services.access, this.#authorization, 'read')
    return typeof result === 'string' ? undefined : result
  }

  #accept(project: Project): void {
    clearTimeout(this.#authTimer)
    this.#project = project
    const { epoch, last_offset } = this.#services.logHead(project.project_id)
    this.client.reply({
      type: 'hello',
      epoch,
      offset: last_offset,
      project: project.name,
      server_version: VERSION,
    })
  }

  #subscribe({ id, filter, from }: SubscribeMessage, project: Project): void {
    if (!this.#mayAdd(id)) return
    const head = this.#services.logHead(project.project_id)
    const { offset, recovered, replay } = findStart(from, head)
    const tail = this.#services.tail(project.project_id)
    const cursor = openCursor(offset, replay ? 'replaying' : 'live', this.#services.clock())
    const subscription = { id, filter: compileFilter(filter), receiver: this.client, cursor }
    this.client.reply({ type: 'subscribed', id, epoch: head.epoch, offset, recovered })
    this.#changes.set(id, { subscription, tail })
    tail.add(subscription)
  }

  #subscribeMetrics({ id, kind, limit, interval_ms }: SubscribeMetricsMessage, project: Project): void {
    if (!this.#mayAdd(id)) return
    const subscription = {
      id,
      kind,
      projectId: project.project_id,
      limit: limit ?? METRICS_DEFAULTS.limit,
      intervalMs: interval_ms ?? METRICS_DEFAULTS.intervalMs,
      receiver: this.client,
    }
    this.#metrics.set(id, subscription)
    this.#services.snapshots.add(subscription)
  }

  #unsubscribe(id: string): void {
    const changes = this.#changes.get(id)
    const metrics = this.#metrics.get(id)
    if (changes) changes.tail.remove(changes.subscription)
    if (metrics) this.#services.snapshots.remove(metrics)
    if (this.#changes.delete(id) || this.#metrics.delete(id)) this.client.reply({ type: 'unsubscribed', id })
    else this.#refuse('unknown_id', `no subscription has the id ${JSON.stringify(id)}`, id)
  }

  #mayAdd(id: string): boolean {
    const { subscriptionsMax } = this.#services.config
    if (this.#changes.has(id) || this.#metrics.has(id)) {
      this.#refuse(
        'duplicate_id',
        `the id ${JSON.stringify(id)} is in use; unsubscribe it or take another`,
        id,
      )
      return false
    }
    if (this.#subscriptionCount < subscriptionsMax) return true
    this.#refuse(
      'too_many_subscriptions',
      `at most ${subscriptionsMax}; unsubscribe one, or list names in a filter`,
      id,
    )
    return false
  }

  get #subscriptionCount(): number {
    return this.#changes.size + this.#metrics.size
  }

  #refuse(code: ErrorCode, message: string, id?: string): void {
    this.#services.metrics.messagesRefused.inc({ code })
    this.client.reply({ type: 'error', code, message, ...(id !== undefined && { id }) })
  }

  /** Trouble while one client is served is this client's alone. */
  #guard(serve: () => void): void {
    try {
      serve()
    } catch (error) {
      this.#services.logger.error({ err: error }, 'serving a stream client failed')
      this.client.close(INTERNAL_ERROR)
    }
  }
}
