import { ProblemError } from '@skillwatch/service'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { IngestMetrics } from '../metrics.ts'

/** Bounds the bodies that are in memory at the same time (R8): a hook that refuses requests beyond `requestsMax`. */
export function limitRequests(requestsMax: number, metrics: IngestMetrics) {
  let inWork = 0
  return async (_request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (inWork >= requestsMax) {
      metrics.countRefusal('requests_max')
      throw new ProblemError('unavailable', `${requestsMax} requests are in work already`, { retryAfterS: 1 })
    }
    inWork += 1
    reply.raw.once('close', () => {
      inWork -= 1
    })
  }
}
