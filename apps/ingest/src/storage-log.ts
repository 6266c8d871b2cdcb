import { StorageUnavailableError } from '@skillwatch/db'
import type { FastifyBaseLogger } from 'fastify'

/**
 * Says in the log when the database begins to refuse writes and when it takes them again, and nothing in
 * between.
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
      logger.error({ err: error }, 'the database refuses writes; requests are asked to come back')
    },
    worked() {
      if (refusing) logger.info('the database takes writes again')
      refusing = false
    },
  }
}
