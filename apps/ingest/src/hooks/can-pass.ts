import { QueueFullError, StorageUnavailableError, WriterEndedError } from '@skillwatch/db'

/**
 * Whether what could not be recorded may be recorded later. Otherwise the observation itself is the reason.
 */
export function canPass(error: unknown): boolean {
  return (
    error instanceof QueueFullError ||
    error instanceof StorageUnavailableError ||
    error instanceof WriterEndedError
  )
}
