import { randomUUID } from 'node:crypto'
import {
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify'
import { demandAccessControl } from './access.ts'
import { answerWithProblems, sendProblem } from './answer-with-problems.ts'
import { guardRequests } from './guard.ts'
import { healthRoutes } from './health.ts'
import { homeRoute } from './home.ts'
import { measureRequests } from './http-metrics.ts'
import { describeRoutes } from './openapi.ts'
import type { Service, ServiceOptions } from './service.ts'
import { validatorCompiler } from './validation.ts'
import { VERSION } from './version.ts'

/** Time that requests in progress have when the service closes; then their connections are closed. */
const DRAIN_MS = 3_000

/**
 * The parts that all services share: problem details, request ids, checks of Host, Origin and key, health,
 * metrics and OpenAPI. Every route added to it must set `config: { scope }`.
 * @throws {ConfigError} when it would accept other machines without keys (R13)
 */
export async function buildService(options: ServiceOptions): Promise<Service> {
  const access = { ...options.access, host: options.host }
  demandAccessControl(access)
  const app: Service = fastify({
    loggerInstance: options.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: options.bodyLimitBytes,
    // A name has up to 200 characters, and one takes up to nine when it is percent-encoded.
    routerOptions: { maxParamLength: 1_800 },
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    frameworkErrors: sendProblem,
    schemaController: { compilersFactory: { buildValidator: notNeeded, buildSerializer: notNeeded } },
  })
  app.setValidatorCompiler(validatorCompiler)
  // Types check the answers at compile time. A compiled serializer would silently drop and convert fields.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  app.decorate('access', access)
  answerWithProblems(app)
  measureRequests(app, options.service, options.registry)
  await guardRequests(app, access)
  await describeRoutes(app, options.openapi)
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.scope === undefined) throw new TypeError(`route ${url} has no scope`)
  })
  app.addHook('onSend', describeAnswer)
  healthRoutes(app, options)
  if (options.homeRoute !== false) homeRoute(app, options)
  drainConnections(app)
  return app
}

/** Without these compilers Fastify would load Ajv, which is never used, at every start. */
function notNeeded(): never {
  throw new Error('a route was added before buildService set its compilers')
}

/**
 * Each answer says which version made it, so that clients know which fields it has. What a key gives access
 * to must not stay in a cache, and numbers must be those of now.
 */
async function describeAnswer({ routeOptions }: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('skillwatch-version', VERSION)
  if (routeOptions.config?.scope !== 'none') reply.header('cache-control', 'no-store')
}

/** While the service closes, each answer ends its connection; after DRAIN_MS all connections are closed. */
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
