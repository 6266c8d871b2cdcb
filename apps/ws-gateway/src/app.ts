import { unreadableReasons } from '@skillwatch/db'
import {
  Experiment,
  ExperimentDetail,
  Invocation,
  Overview,
  SessionCoverage,
  SessionSummary,
  SkillSummary,
  StreamPosition,
  TimeSeriesPoint,
  UsageReply,
} from '@skillwatch/schema'
import { buildService, homeOf, type Service, type ServiceOptions } from '@skillwatch/service'
import type { Registry } from 'prom-client'
import type { GatewayDeps } from './deps.ts'
import { readRoutes } from './routes/index.ts'
import { serveWebSockets } from './web-sockets.ts'

const OPENAPI = {
  title: 'Skillwatch reads',
  description:
    'Skills, sessions, invocations and time series. The live stream is a WebSocket on the same port.',
  schemas: {
    Experiment,
    ExperimentDetail,
    Invocation,
    Overview,
    SessionCoverage,
    SessionSummary,
    SkillSummary,
    StreamPosition,
    TimeSeriesPoint,
    UsageReply,
  },
}

export interface GatewayAppOptions extends GatewayDeps {
  readonly logger: ServiceOptions['logger']
  readonly registry: Registry
  readonly startedBy?: string
}

/** The whole gateway, not yet listening: the stream, session-buddy's protocol and the REST reads. */
export async function buildApp({ registry, startedBy = '', ...deps }: GatewayAppOptions): Promise<Service> {
  const app = await buildService({
    service: 'ws-gateway',
    logger: deps.logger,
    registry,
    host: deps.access.host,
    startedBy,
    databasePath: deps.reader.path,
    // Reads have no bodies.
    bodyLimitBytes: 1_024,
    access: deps.access,
    ready: () => unreadableReasons(deps.reader),
    openapi: OPENAPI,
    homeRoute: false,
  })
  await serveWebSockets(app, deps, homeOf({ openapi: OPENAPI }))
  await app.register(readRoutes(deps), { prefix: '/v1' })
  return app
}
