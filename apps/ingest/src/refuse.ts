import { QueueFullError, StorageUnavailableError } from '@skillwatch/db'
import { ProblemError } from '@skillwatch/service'
import type { IngestMetrics } from './metrics.ts'

const REFUSED_BY_FILE = /^SQLITE_(BUSY|LOCKED|FULL|READONLY|IOERR|CANTOPEN)/
const STORAGE_RETRY_S = 2

/** The error as the caller is told it: what passes by itself becomes 503 with `Retry-After`, and is counted. */
export function toRefusal(error: unknown, metrics: IngestMetrics): unknown {
  if (error instanceof QueueFullError) {
    metrics.countRefusal('queue_full')
    return new ProblemError('unavailable', error.message, { retryAfterS: error.retryAfterS })
  }
  const { code } = error as { code?: string }
  if (error instanceof StorageUnavailableError || REFUSED_BY_FILE.test(code ?? '')) {
    metrics.countRefusal('storage_unavailable')
    return new ProblemError('unavailable', `the database refuses writes (${code})`, { retryAfterS: STORAGE_RETRY_S })
  }
  return error
}
