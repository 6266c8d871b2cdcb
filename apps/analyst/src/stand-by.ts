import { setTimeout as delay } from 'node:timers/promises'
import { lockFile } from '@skillwatch/db'
import { ConfigError } from '@skillwatch/service'

export interface StandByOptions {
  readonly pollMs: number
  readonly signal: AbortSignal
  /** Called once when another analyst works on the database. */
  readonly onWait: () => void
}

/**
 * Waits until no other analyst works on a database. The lock is a file beside the database, which SQLite
 * gives up when its process ends, also after `kill -9`.
 * @throws {ConfigError} when the lock cannot be made; the signal's reason when it is aborted
 */
export async function standBy(
  databasePath: string,
  { pollMs, signal, onWait }: StandByOptions,
): Promise<Disposable> {
  for (let isWaiting = false; ; isWaiting = true) {
    const lock = tryLock(`${databasePath}-analyst`)
    if (lock !== undefined) return lock
    if (!isWaiting) onWait()
    await delay(pollMs, undefined, { signal })
  }
}

function tryLock(path: string): Disposable | undefined {
  try {
    return lockFile(path)
  } catch (cause) {
    const reason = (cause as Error).message
    throw new ConfigError(`cannot lock ${path} (${reason}): its folder must be writable`, { cause })
  }
}
