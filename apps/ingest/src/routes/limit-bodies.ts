import { ProblemError } from '@skillwatch/service'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { IngestLimits } from '../config.ts'
import type { IngestMetrics } from '../metrics.ts'

/** Deflate makes at most this many bytes out of one (zlib.net/zlib_tech.html, "Maximum Compression Factor"). */
const INFLATION_MAX = 1_032

/** Bounds the bodies that are in memory at the same time (R8): a hook that refuses what might not find room. */
export function limitBodies(limits: IngestLimits, metrics: IngestMetrics) {
  let reservedBytes = 0
  return async ({ headers }: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const bytes = largestBodyBytes(headers, limits.bodyLimitBytes)
    if (reservedBytes + bytes > limits.bodiesLimitBytes) {
      metrics.countRefusal('bodies_limit')
      throw new ProblemError('unavailable', 'too many large requests are in work already', { retryAfterS: 1 })
    }
    reservedBytes += bytes
    reply.raw.once('close', () => {
      reservedBytes -= bytes
    })
  }
}

/** How large a body can get in memory, judged by its head. Larger ones than `limitBytes` are cut off there. */
export function largestBodyBytes(headers: FastifyRequest['headers'], limitBytes: number): number {
  const length = Number(headers['content-length'])
  if (!Number.isFinite(length)) return limitBytes
  return Math.min(limitBytes, headers['content-encoding'] === undefined ? length : length * INFLATION_MAX)
}
