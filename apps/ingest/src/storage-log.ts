import { StorageUnavailableError } from '@skillwatch/db'
import type { FastifyBaseLogger } from 'fastify'

/**
 * Logs once when the database starts to refuse writes and once when it accepts them again.
 */
export interface StorageLog {
  failed(error: unknown): void
  worked(): void
}

export function createStorageLog(logger: Pick<FastifyBaseLogger, 'error' | 'info'>): StorageLog {
  let refusing = false
  return {
    failed(error) {
      if (refusing || !(error instanceof StorageUnavailableError)) return
      refusing = true
      logger.error({ err: error }, 'the database refuses writes; requests are answered with 503')
    },
    worked() {
      if (refusing) logger.info('the database accepts writes again')
      refusing = false
    },
  }
}
