import { buildService, type ServiceOptions } from '@skillwatch/service'
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import type { GatewayDeps } from './deps.ts'
import { readRoutes } from './routes/index.ts'
import { webSockets } from './web-sockets.ts'

export interface GatewayAppOptions extends GatewayDeps {
  readonly registry: Registry
  readonly host: string
  readonly ready: ServiceOptions['ready']
}

/** The whole gateway, not yet listening: the stream, session-buddy's protocol and the REST reads. */
export async function buildApp({ registry, host, ready, ...deps }: GatewayAppOptions): Promise<FastifyInstance> {
  const app = await buildService({
    service: 'ws-gateway',
    logger: deps.logger,
    registry,
    host,
    bodyLimitBytes: 1_024,
    access: deps.access,
    ready,
    openapi: {
      title: 'Skillwatch reads',
      description: 'Skills, sessions, invocations and time series. The live stream is a WebSocket on the same port.',
    },
  })
  await app.register(webSockets(deps))
  await app.register(readRoutes(deps), { prefix: '/v1' })
  return app
}
