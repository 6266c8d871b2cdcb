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
import { parseMessage } from './parse-message.ts'
import type { StreamServices } from './services.ts'
import { ClientSubscriptions } from './subscriptions.ts'
import { fullBucket, type TokenBucket, takeToken } from './token-bucket.ts'

type ErrorCode = Static<typeof ErrorMessage>['code']
/** RFC 6455 section 7.4.1. */
const MESSAGE_TOO_BIG = { code: 1009, reason: 'the message is too big' }
const INTERNAL_ERROR = { code: 1011, reason: 'internal error: come back' }

/** What a handshake says of the project that it wants to read. */
export interface StreamCredentials {
  /** The Authorization header. */
  readonly authorization: string | undefined
  /** A key decides the project; without one, an open project may be named. */
  readonly namedProject: string | undefined
}

/** One client of subprotocol `skillwatch.v1.json`, from its handshake to its end. */
export class StreamConnection {
  readonly client: StreamClient
  readonly #services: StreamServices
  readonly #subscriptions: ClientSubscriptions
  readonly #namedProject: string | undefined
  #authorization: string | undefined
  #project: Project | undefined
  #bucket: TokenBucket
  #authTimer: NodeJS.Timeout | undefined

  constructor(socket: WebSocket, credentials: StreamCredentials, services: StreamServices) {
    this.#services = services
    this.client = new StreamClient(socket, services.clientOptions, () => this.#release())
    this.#subscriptions = new ClientSubscriptions(this.client, services)
    this.#authorization = credentials.authorization
    this.#namedProject = credentials.namedProject
    this.#bucket = fullBucket(services.messageRate, services.clock())
    socket.on('message', (data) => this.#receive(data))
    socket.on('ping', () => this.#isWithinRate())
  }

  /** Greets a client that may read. Without a key it waits for one; a wrong key closes the connection. */
  open(): void {
    this.#guard(() => {
      const project = this.#authenticate()
      if (project !== undefined) this.#accept(project)
      else if (this.#authorization !== undefined) this.client.close(CLOSE_CODES.unauthorized)
      else this.#awaitKey()
    })
  }

  /** Closes the connection when its key was revoked. */
  recheckKey(): void {
    if (this.#project === undefined || this.client.closeReason !== undefined) return
    if (this.#authenticate()?.project_id !== this.#project.project_id)
      this.client.close(CLOSE_CODES.unauthorized)
  }

  #release(): void {
    clearTimeout(this.#authTimer)
    this.#subscriptions.removeAll()
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
      case 'subscribe_metrics':
        this.#subscribe(message, project)
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

  /**
   * A client without a key that was greeted may still send one before it subscribes: it may name another
   * project.
   */
  #takeKey(apiKey: string): void {
    if (this.#authorization !== undefined || this.#subscriptions.size > 0) {
      const expected = 'auth must be the first message, and only where the handshake had no key'
      this.#refuse('invalid_message', expected)
      return
    }
    this.#authorization = `Bearer ${apiKey}`
    const project = this.#authenticate()
    if (project === undefined) this.client.close(CLOSE_CODES.unauthorized)
    else this.#accept(project)
  }

  #authenticate(): Project | undefined {
    const result = authenticate(this.#services.access, this.#authorization, 'read', this.#namedProject)
    return typeof result === 'string' ? undefined : result
  }

  #accept(project: Project): void {
    clearTimeout(this.#authTimer)
    this.#project = project
    const { epoch, last_offset } = this.#services.logExtent(project.project_id)
    this.client.reply({
      type: 'hello',
      epoch,
      offset: last_offset,
      project: project.name,
      server_version: VERSION,
    })
  }

  #subscribe(message: SubscribeMessage | SubscribeMetricsMessage, project: Project): void {
    const { id } = message
    const { subscriptionsMax } = this.#services.config
    if (this.#subscriptions.has(id)) {
      const reason = `the id ${JSON.stringify(id)} is in use; unsubscribe it or take another`
      this.#refuse('duplicate_id', reason, id)
    } else if (this.#subscriptions.size >= subscriptionsMax) {
      const reason = `at most ${subscriptionsMax}; unsubscribe one, or list names in a filter`
      this.#refuse('too_many_subscriptions', reason, id)
    } else if (message.type === 'subscribe') this.#subscriptions.addChanges(message, project)
    else this.#subscriptions.addMetrics(message, project)
  }

  #unsubscribe(id: string): void {
    if (this.#subscriptions.remove(id)) this.client.reply({ type: 'unsubscribed', id })
    else this.#refuse('unknown_id', `no subscription has the id ${JSON.stringify(id)}`, id)
  }

  #refuse(code: ErrorCode, message: string, id?: string): void {
    this.#services.metrics.messagesRefused.inc({ code })
    this.client.reply({ type: 'error', code, message, ...(id !== undefined && { id }) })
  }

  /** An error while one client is served closes this client only. */
  #guard(serve: () => void): void {
    try {
      serve()
    } catch (error) {
      this.#services.logger.error({ err: error }, 'serving a stream client failed')
      this.client.close(INTERNAL_ERROR)
    }
  }
}
