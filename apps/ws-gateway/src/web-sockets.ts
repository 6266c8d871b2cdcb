import fastifyWebSocket from '@fastify/websocket'
import { STREAM_SUBPROTOCOL } from '@skillwatch/schema'
import type { FastifyPluginAsync } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { GatewayDeps } from './deps.ts'
import { legacyConnection } from './legacy/connection.ts'
import { createStreamHub } from './stream/hub.ts'

/** Both WebSocket protocols, told apart by the subprotocol. */
export function webSockets(deps: GatewayDeps): FastifyPluginAsync {
  return fastifyPlugin(async (app) => {
    const hub = createStreamHub(deps)
    await app.register(fastifyWebSocket, { options: { maxPayload: deps.config.messageLimitBytes } })
    app.get('/', { websocket: true, config: { scope: 'none' } }, (socket, request) => {
      if (socket.protocol === STREAM_SUBPROTOCOL) hub.connect(socket, request.headers.authorization)
      else legacyConnection(socket, deps)
    })
  })
}
