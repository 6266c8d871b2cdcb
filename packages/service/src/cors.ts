import type { FastifyInstance } from 'fastify'
import { PROJECT_HEADER } from './expected-project.ts'

const PREFLIGHT_SECONDS = 600

/**
 * Lets pages of the listed origins read answers and send keys (fetch.spec.whatwg.org, section "CORS
 * protocol"). The guard has already refused requests of all other origins.
 */
export function answerListedOrigins(app: FastifyInstance, allowedOrigins: readonly string[]): void {
  if (allowedOrigins.length === 0) return
  app.addHook('onRequest', async ({ method, headers }, reply) => {
    reply.header('vary', 'origin')
    if (headers.origin === undefined || !allowedOrigins.includes(headers.origin)) return
    reply.header('access-control-allow-origin', headers.origin)
    reply.header('access-control-expose-headers', 'retry-after, x-request-id')
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return
    reply.header('access-control-allow-methods', 'GET, POST, DELETE')
    reply.header(
      'access-control-allow-headers',
      `authorization, content-type, content-encoding, ${PROJECT_HEADER}`,
    )
    reply.header('access-control-max-age', PREFLIGHT_SECONDS)
    return reply.code(204).send()
  })
}
