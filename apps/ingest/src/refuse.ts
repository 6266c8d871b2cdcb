import { asStorageUnavailable, QueueFullError, StorageUnavailableError } from '@skillwatch/db'
import { ProblemError } from '@skillwatch/service'
import type { IngestMetrics } from './metrics.ts'

/**
 * The error for the caller. A temporary cause becomes 503 with `Retry-After` and is counted.
 */
export function toRefusal(error: unknown, metrics: IngestMetrics): unknown {
  if (error instanceof QueueFullError) {
    metrics.countRefusal('queue_full')
    return new ProblemError('unavailable', error.message, { retryAfterS: error.retryAfterS })
  }
  const unavailable = error instanceof StorageUnavailableError ? error : asStorageUnavailable(error)
  if (unavailable !== undefined) {
    metrics.countRefusal('storage_unavailable')
    return new ProblemError('unavailable', unavailable.message, { retryAfterS: unavailable.retryAfterS })
  }
  return error
}
