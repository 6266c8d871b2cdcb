import { CLOSE_CODES } from '@skillwatch/schema'
import type { RawData, WebSocket } from 'ws'
import type { GatewayDeps } from '../deps.ts'
import { keepAlive } from '../keep-alive.ts'
import { fullBucket, takeToken } from '../stream/token-bucket.ts'
import { type Admission, admitAnonymous, admitToken } from './admission.ts'
import { createLegacyFeed, type LegacyClient, type LegacyFeed, send, serialize } from './feed.ts'
import { AUTHENTICATION_FAILED, formatLegacyInstant, type LegacyServerMessage } from './messages.ts'
import { type LegacyRequest, parseJsonObject, parseLegacyRequest } from './parse-message.ts'
import { legacyMetrics, legacySkillMetrics } from './skills.ts'

/** One feed per gateway: all its clients share the timer and the bytes. It lives and dies with the dependencies. */
const feeds = new WeakMap<GatewayDeps, LegacyFeed>()

/** Speaks session-buddy's protocol with a client: the superset of its code and its documents. */
export function legacyConnection(socket: WebSocket, deps: GatewayDeps): void {
  const { config, metrics, logger, now } = deps
  const admissionDeps = { access: deps.access, jwtSecret: config.jwtSecret, now }
  const rate = { perSecond: config.messagesPerSecondMax, burst: 2 * config.messagesPerSecondMax }
  const feed = feedOf(deps)
  let bucket = fullBucket(rate, now())
  let client: LegacyClient | undefined
  let tokenShown = false
  let closeCode: number | undefined
  // While a token is verified, what follows it waits its turn.
  let turn = Promise.resolve()

  const authTimer = setTimeout(refuse, config.authTimeoutMs)
  metrics.clients.inc({ protocol: 'session_buddy' })
  keepAlive(socket, config.pingMs, () => socket.terminate())
  socket.once('close', (code) => {
    clearTimeout(authTimer)
    metrics.clients.dec({ protocol: 'session_buddy' })
    metrics.countClose(closeCode ?? code)
    if (client) feed.leave(client)
  })
  socket.on('message', (data) => {
    const left = takeToken(bucket, rate, now())
    if (left === undefined) return close(CLOSE_CODES.rateLimited)
    bucket = left
    turn = turn.then(() => take(toBytes(data))).catch(failed)
  })

  const anonymous = admitAnonymous(admissionDeps)
  if (anonymous) admit(anonymous)

  async function take(data: Uint8Array): Promise<void> {
    if (socket.readyState !== socket.OPEN) return
    if (client) return answer(client, parseLegacyRequest(data))
    if (tokenShown) return
    tokenShown = true
    const admission = await admitToken(admissionDeps, parseJsonObject(data)?.token)
    if (admission) admit(admission)
    else refuse()
  }

  /** The welcome goes out before the feed knows the client, so that nothing can come before it. */
  function admit(admission: Admission): void {
    if (socket.readyState !== socket.OPEN) return
    clearTimeout(authTimer)
    reply({
      type: 'connected',
      message: 'Connected to Skillwatch real-time skill metrics',
      authenticated: admission.authenticated,
      timestamp: formatLegacyInstant(now()),
    })
    client = { socket, admission, close, skill: null, joinedAtMs: performance.now() }
    feed.join(client)
  }

  function answer(to: LegacyClient, request: LegacyRequest | undefined): void {
    if (request === undefined) return
    if (request.type === 'subscribe') to.skill = request.skill
    if (request.type === 'unsubscribe') to.skill = null
    const message = replyTo(request, to.admission.projectId, deps)
    if (message) reply(message)
  }

  function reply(message: LegacyServerMessage): void {
    if (socket.bufferedAmount >= config.bufferLimitBytes) close(CLOSE_CODES.slow)
    else send(socket, serialize(message), metrics)
  }

  function refuse(): void {
    close(AUTHENTICATION_FAILED)
  }

  function close({ code, reason }: { code: number; reason: string }): void {
    if (socket.readyState !== socket.OPEN) return
    closeCode = code
    socket.close(code, reason)
  }

  function failed(error: unknown): void {
    logger.error({ err: error }, 'a session-buddy client could not be answered')
    close({ code: 1011, reason: 'internal error' })
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
    case 'get_metrics': {
      const { skill } = request
      const data =
        skill === null
          ? legacyMetrics(reader, projectId, null)
          : legacySkillMetrics(reader, projectId, skill)
      return { type: 'metrics_response', timestamp, data }
    }
    default:
      throw new TypeError(`unhandled request ${JSON.stringify(request satisfies never)}`)
  }
}

function feedOf(deps: GatewayDeps): LegacyFeed {
  const feed = feeds.get(deps) ?? createLegacyFeed(deps)
  feeds.set(deps, feed)
  return feed
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}
