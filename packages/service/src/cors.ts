import type { FastifyCorsOptions } from '@fastify/cors'
import { PROJECT_HEADER } from './expected-project.ts'

const PREFLIGHT_SECONDS = 600

/**
 * Lets pages of the listed origins read answers and send keys (fetch.spec.whatwg.org, section "CORS
 * protocol"). Names are compared exactly: `*` in the list is no wildcard.
 */
export function corsOptions(allowedOrigins: readonly string[]): FastifyCorsOptions {
  return {
    origin: (origin, answer) => answer(null, origin !== undefined && allowedOrigins.includes(origin)),
    methods: ['GET', 'POST', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'content-encoding', PROJECT_HEADER],
    exposedHeaders: ['retry-after', 'skillwatch-version', 'x-request-id'],
    maxAge: PREFLIGHT_SECONDS,
    // Otherwise a request that is no preflight is answered with plain text instead of a problem.
    strictPreflight: false,
  }
}
