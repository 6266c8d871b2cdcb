import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import fastifyWebSocket from '@fastify/websocket'
import { CLOSE_CODES, STREAM_SUBPROTOCOL } from '@skillwatch/schema'
import { ProblemError, type Service } from '@skillwatch/service'
import type { FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import type { GatewayDeps } from './deps.ts'
import { LegacyConnection } from './legacy/connection.ts'
import type { StreamCredentials } from './stream/connection.ts'
import { StreamHub } from './stream/hub.ts'

/** Largest message that session-buddy's own server accepts. */
const LEGACY_MESSAGE_LIMIT_BYTES = 1_048_576
/** The connection is cut when the closing handshake takes longer than this. */
const CLOSE_TIMEOUT_MS = 3_000
/** At shutdown clients have this long to answer; the service must end within five seconds. */
const SHUTDOWN_CLOSE_MS = 1_500
/**
 * Connections above the limit that are closed by a code: browsers cannot read why a handshake was refused.
 */
const REFUSED_CLIENTS_MAX = 64
const TRY_AGAIN_LATER = { code: 1013, reason: CLOSE_CODES.tooManyClients.reason }
const GOING_AWAY = { code: 1001, reason: CLOSE_CODES.shutdown.reason }

/**
 * Serves both WebSocket protocols, on any path; the subprotocol decides which.
 * @param home the answer to a request of `/` that is no upgrade
 */
export async function serveWebSockets(app: Service, deps: GatewayDeps, home: object): Promise<void> {
  const hub = new StreamHub(deps)
  const serverOptions = {
    // The larger limit of the two protocols; stream connections check their own.
    maxPayload: Math.max(LEGACY_MESSAGE_LIMIT_BYTES, deps.config.messageLimitBytes),
    closeTimeout: CLOSE_TIMEOUT_MS,
    perMessageDeflate: false,
    handleProtocols: () => STREAM_SUBPROTOCOL,
  }
  const upgrades = trackUpgrades(app, deps)
  await app.register(fastifyWebSocket, {
    options: serverOptions,
    errorHandler: (error, socket) => endAfterError(deps, error, socket),
    preClose: async () => {
      await closeClients(app, hub)
      upgrades.close()
    },
  })
  app.route({
    method: 'GET',
    url: '/',
    config: { scope: 'none' },
    schema: { hide: true },
    onRequest: async (request) => refuseHandshake(app, deps, request),
    handler: async () => home,
    wsHandler: (socket, request) => connect(app, hub, deps, socket, request),
  })
}

/**
 * Routes every upgrade to the one handler, whatever its path, with its query. Ends the connections of
 * refused upgrades, as nothing else does: they would keep the server open.
 */
function trackUpgrades(app: Service, { metrics }: GatewayDeps) {
  const sockets = new Map<IncomingMessage, Duplex>()
  let closing = false
  app.server.prependListener('upgrade', (request, socket) => {
    request.url = (request.url ?? '').replace(/^[^?]*/, '/')
    sockets.set(request, socket)
    socket.once('close', () => sockets.delete(request))
    // A handshake during shutdown: its response would not reach the hook below.
    if (closing) socket.destroy()
  })
  app.addHook('onResponse', async ({ raw }, reply) => {
    if (!sockets.has(raw)) return
    metrics.handshakesRefused.inc({ reason: `http_${reply.statusCode}` })
    raw.socket.destroySoon()
  })
  return {
    close: () => {
      closing = true
      for (const socket of sockets.values()) socket.destroy()
    },
  }
}

function refuseHandshake(app: Service, { config }: GatewayDeps, request: FastifyRequest): void {
  if (!request.ws) return
  const offered = request.headers['sec-websocket-protocol']
  if (offered !== undefined && !offered.split(',').some((each) => each.trim() === STREAM_SUBPROTOCOL)) {
    throw new ProblemError('invalid-request', `offer the subprotocol ${STREAM_SUBPROTOCOL}, or none`)
  }
  if (app.websocketServer.clients.size >= config.clientsMax + REFUSED_CLIENTS_MAX) {
    throw new ProblemError('unavailable', CLOSE_CODES.tooManyClients.reason, { retryAfterS: 5 })
  }
}

function connect(
  app: Service,
  hub: StreamHub,
  deps: GatewayDeps,
  socket: WebSocket,
  request: FastifyRequest,
): void {
  const isStream = socket.protocol === STREAM_SUBPROTOCOL
  if (app.websocketServer.clients.size > deps.config.clientsMax) refuseClient(deps, socket, isStream)
  else if (isStream) hub.connect(socket, credentialsOf(request))
  else new LegacyConnection(socket, deps).open()
}

/** Neither browsers nor Node's WebSocket can set headers, so the address names the project. */
function credentialsOf({ headers, query }: FastifyRequest): StreamCredentials {
  const { project } = query as { project?: unknown }
  return {
    authorization: headers.authorization,
    namedProject: typeof project === 'string' ? project : undefined,
  }
}

function refuseClient({ metrics }: GatewayDeps, socket: WebSocket, isStream: boolean): void {
  const { code, reason } = isStream ? CLOSE_CODES.tooManyClients : TRY_AGAIN_LATER
  metrics.handshakesRefused.inc({ reason: 'too_many_clients' })
  socket.close(code, reason)
}

/** An error with a code is the client's: ws has closed the connection already. Any other error is ours. */
function endAfterError({ logger }: GatewayDeps, error: Error & { code?: string }, socket: WebSocket): void {
  if (error.code === undefined) {
    logger.error({ err: error }, 'serving a WebSocket client failed')
    socket.close(1011)
  } else logger.debug({ err: error }, 'a WebSocket connection failed')
}

async function closeClients(app: Service, hub: StreamHub): Promise<void> {
  const { websocketServer } = app
  websocketServer.close()
  hub.close()
  for (const socket of websocketServer.clients) socket.close(GOING_AWAY.code, GOING_AWAY.reason)
  const allClosed = Promise.all([...websocketServer.clients].map(closed))
  const timer = setTimeout(() => {
    for (const socket of websocketServer.clients) socket.terminate()
  }, SHUTDOWN_CLOSE_MS)
  await allClosed
  clearTimeout(timer)
}

function closed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}
