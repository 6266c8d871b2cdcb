import { ProblemError, type Service } from '@skillwatch/service'
import type { FastifyRequest } from 'fastify'
import type { IngestLimits } from '../config.ts'
import type { IngestMetrics } from '../metrics.ts'

/**
 * Deflate makes at most this many bytes out of one (zlib.net/zlib_tech.html, "Maximum Compression Factor").
 */
const INFLATION_MAX = 1_032

/**
 * Bounds the bodies that are in memory at the same time, of all routes together (R8). A request whose body
 * may exceed the bound is answered with 503. Must be called before the routes are added.
 */
export function limitBodies(app: Service, limits: IngestLimits, metrics: IngestMetrics): void {
  let reservedBytes = 0
  app.addHook('onRequest', async ({ headers }, reply) => {
    const bytes = largestBodyBytes(headers, limits.bodyLimitBytes)
    if (bytes === 0) return
    if (reservedBytes + bytes > limits.bodiesLimitBytes) {
      metrics.countRefusal('bodies_limit')
      throw new ProblemError('unavailable', 'too many large requests are being processed', {
        retryAfterS: 1,
      })
    }
    reservedBytes += bytes
    reply.raw.once('close', () => {
      reservedBytes -= bytes
    })
  })
}

/**
 * The largest size that a body can have in memory, by its headers. Reading stops at `limitBytes`.
 */
export function largestBodyBytes(headers: FastifyRequest['headers'], limitBytes: number): number {
  // A request without either header has no body (RFC 9112 section 6.3).
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return 0
  const length = Number(headers['content-length'])
  if (!Number.isFinite(length)) return limitBytes
  return Math.min(limitBytes, headers['content-encoding'] === undefined ? length : length * INFLATION_MAX)
}
