import type { Reader } from '@skillwatch/db'
import { CLOSE_CODES } from '@skillwatch/schema'
import type { RawData, WebSocket } from 'ws'
import type { GatewayDeps } from '../deps.ts'
import { keepAlive } from '../keep-alive.ts'
import { fullBucket, type RateLimit, type TokenBucket, takeToken } from '../stream/token-bucket.ts'
import { type Admission, type AdmissionDeps, admitAnonymous, admitToken } from './admission.ts'
import { legacyAnomalies } from './anomalies.ts'
import { type LegacyClient, LegacyFeed, send, serialize } from './feed.ts'
import { AUTHENTICATION_FAILED, formatLegacyInstant, type LegacyServerMessage } from './messages.ts'
import { type LegacyRequest, parseJsonObject, parseLegacyRequest } from './parse-message.ts'
import { legacyMetrics, legacySkillMetrics } from './skills.ts'

/** One feed for each gateway, as long as its dependencies exist. */
const feeds = new WeakMap<GatewayDeps, LegacyFeed>()

interface Close {
  readonly code: number
  readonly reason: string
}

/** One client of session-buddy's protocol: the superset of its code and its documents. */
export class LegacyConnection {
  readonly #socket: WebSocket
  readonly #deps: GatewayDeps
  readonly #rate: RateLimit
  readonly #authTimer: NodeJS.Timeout
  #bucket: TokenBucket
  #client: LegacyClient | undefined
  #isTokenReceived = false
  #closeCode: number | undefined
  /** Ends when all messages so far are handled: while a token is verified, later messages wait. */
  #handled = Promise.resolve()

  constructor(socket: WebSocket, deps: GatewayDeps) {
    const { config, now } = deps
    this.#socket = socket
    this.#deps = deps
    this.#rate = { perSecond: config.messagesPerSecondMax, burst: 2 * config.messagesPerSecondMax }
    this.#bucket = fullBucket(this.#rate, now())
    this.#authTimer = setTimeout(() => this.#close(AUTHENTICATION_FAILED), config.authTimeoutMs)
  }

  /** Starts to serve the client. Where no token is needed it is admitted at once. */
  open(): void {
    this.#deps.metrics.clients.inc({ protocol: 'session_buddy' })
    keepAlive(this.#socket, this.#deps.config.pingMs, () => this.#socket.terminate())
    this.#socket.once('close', (code) => this.#release(code))
    this.#socket.on('message', (data) => this.#receive(data))
    const admission = admitAnonymous(this.#admissionDeps)
    if (admission) this.#admit(admission)
  }

  #release(code: number): void {
    const { metrics } = this.#deps
    clearTimeout(this.#authTimer)
    metrics.clients.dec({ protocol: 'session_buddy' })
    metrics.countClose(this.#closeCode ?? code)
    if (this.#client) feedOf(this.#deps).leave(this.#client)
  }

  #receive(data: RawData): void {
    const bucket = takeToken(this.#bucket, this.#rate, this.#deps.now())
    if (bucket === undefined) {
      this.#close(CLOSE_CODES.rateLimited)
      return
    }
    this.#bucket = bucket
    this.#handled = this.#handled
      .then(() => this.#handle(toBytes(data)))
      .catch((error: unknown) => this.#fail(error))
  }

  async #handle(data: Uint8Array): Promise<void> {
    if (!this.#isOpen) return
    if (this.#client) return this.#answer(this.#client, parseLegacyRequest(data))
    if (this.#isTokenReceived) return
    this.#isTokenReceived = true
    const admission = await admitToken(this.#admissionDeps, parseJsonObject(data)?.token)
    if (admission) this.#admit(admission)
    else this.#close(AUTHENTICATION_FAILED)
  }

  /** The welcome is sent before the client joins the feed, so that it is the first message. */
  #admit(admission: Admission): void {
    if (!this.#isOpen) return
    clearTimeout(this.#authTimer)
    this.#reply({
      type: 'connected',
      message: 'Connected to Skillwatch real-time skill metrics',
      authenticated: admission.authenticated,
      timestamp: formatLegacyInstant(this.#deps.now()),
    })
    const close = (reason: Close) => this.#close(reason)
    this.#client = { socket: this.#socket, admission, close, skill: null, joinedAtMs: performance.now() }
    feedOf(this.#deps).join(this.#client)
  }

  #answer(client: LegacyClient, request: LegacyRequest | undefined): void {
    if (request === undefined) return
    if (request.type === 'subscribe') client.skill = request.skill
    if (request.type === 'unsubscribe') client.skill = null
    const message = replyTo(request, client.admission.projectId, this.#deps)
    if (message) this.#reply(message)
  }

  /** Any message may be sent below the limit; a client that does not read the replies is closed. */
  #reply(message: LegacyServerMessage): void {
    const { config, metrics } = this.#deps
    if (this.#socket.bufferedAmount >= config.bufferLimitBytes) this.#close(CLOSE_CODES.slow)
    else send(this.#socket, serialize(message), metrics)
  }

  #close({ code, reason }: Close): void {
    if (!this.#isOpen) return
    this.#closeCode = code
    this.#socket.close(code, reason)
  }

  #fail(error: unknown): void {
    this.#deps.logger.error({ err: error }, 'serving a session-buddy client failed')
    this.#close({ code: 1011, reason: 'internal error' })
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  get #admissionDeps(): AdmissionDeps {
    const { access, config, now } = this.#deps
    return { access, jwtSecret: config.jwtSecret, now }
  }
}

/** The next message after a request is its reply; only `unsubscribe` has none. */
function replyTo(
  request: LegacyRequest,
  projectId: number,
  { reader, now }: GatewayDeps,
): LegacyServerMessage | undefined {
  const timestamp = formatLegacyInstant(now())
  switch (request.type) {
    case 'subscribe': {
      const { skill } = request
      const message = `Subscribed to ${skill ?? 'all skills'}`
      return { type: 'subscription_confirmed', skill, skill_name: skill, message, timestamp }
    }
    case 'unsubscribe':
      return undefined
    case 'ping':
      return { type: 'pong' }
    case 'get_metrics':
      return {
        type: 'metrics_response',
        timestamp,
        data: metricsOf(reader, projectId, request.skill, now()),
      }
    default:
      throw new TypeError(`unhandled request ${JSON.stringify(request satisfies never)}`)
  }
}

function metricsOf(reader: Reader, projectId: number, skill: string | null, nowMs: number) {
  if (skill !== null) return legacySkillMetrics(reader, projectId, skill)
  return legacyMetrics(reader, projectId, null, legacyAnomalies(reader, projectId, nowMs))
}

function feedOf(deps: GatewayDeps): LegacyFeed {
  const feed = feeds.get(deps) ?? new LegacyFeed(deps)
  feeds.set(deps, feed)
  return feed
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}
