import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { type Access, type Project, type RouteScope, refuseOpenDoor } from './access.ts'
import { guardRequests } from './guard.ts'
import { healthRoutes } from './health.ts'
import { measureRequests } from './http-metrics.ts'
import { describeRoutes, type OpenApiOptions } from './openapi.ts'
import { sendProblem, tellProblems } from './tell-problems.ts'
import { validatorCompiler } from './validation.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose data the request may reach; not there on routes with scope `none`. */
    project: Project
  }
  interface FastifyInstance {
    access: Access
  }
  interface FastifyContextConfig {
    scope?: RouteScope
  }
}

export type Service = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export interface ServiceOptions {
  /** Such as `ws-gateway`; names the metrics. */
  service: string
  logger: Logger
  registry: Registry
  /** The address that will be listened on. */
  host: string
  bodyLimitBytes: number
  access: Omit<Access, 'host'>
  /** Reasons why no work can be taken now; none means ready. */
  ready: () => string[]
  openapi: OpenApiOptions
  /** False when the service has a `/metrics` of its own. */
  metricsRoute?: boolean
}

/** How long requests under way may take once the service closes, before their connections are cut. */
const DRAIN_MS = 3_000

/**
 * What every service has: problem details, request ids, Host, Origin and key checks, health, metrics, OpenAPI.
 * Every route added to it says `config: { scope }`.
 * @throws {ConfigError} when it would be open to others without keys (R13)
 */
export async function buildService(options: ServiceOptions): Promise<Service> {
  const access = { ...options.access, host: options.host }
  refuseOpenDoor(access)
  const app: Service = fastify({
    loggerInstance: options.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: options.bodyLimitBytes,
    // A name of 200 characters, each up to nine when it is percent-encoded.
    routerOptions: { maxParamLength: 1_800 },
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    frameworkErrors: sendProblem,
    schemaController: { compilersFactory: { buildValidator: notNeeded, buildSerializer: notNeeded } },
  })
  app.setValidatorCompiler(validatorCompiler)
  // Answers are checked by their types; a compiled serializer would silently drop and convert fields.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  app.decorate('access', access)
  tellProblems(app)
  measureRequests(app, options.service, options.registry)
  guardRequests(app, access)
  await describeRoutes(app, options.openapi)
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.scope === undefined) throw new TypeError(`route ${url} does not say its scope`)
  })
  healthRoutes(app, options)
  drainConnections(app)
  return app
}

/** Without it Fastify would load Ajv at every start, to be told right after that our own compilers take its place. */
function notNeeded(): never {
  throw new Error('a schema came before the compilers of buildService')
}

/** Answers of requests that are under way when the service closes end their connection; after DRAIN_MS all are cut. */
function drainConnections(app: Service): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
    const timer = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS)
    app.server.once('close', () => clearTimeout(timer))
    timer.unref()
  })
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close')
  })
}
