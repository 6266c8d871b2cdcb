import { setTimeout as delay } from 'node:timers/promises'
import { lockFile } from '@skillwatch/db'

export interface StandByOptions {
  readonly pollMs: number
  readonly signal: AbortSignal
  /** Called once when another analyst works on the database. */
  readonly onWait: () => void
}

/**
 * Waits until no other analyst works on a database. The lock is a file beside the database, which SQLite gives
 * up when its process ends, also after `kill -9`.
 * @throws the signal's reason when it is aborted; an error of SQLite when the folder cannot be written
 */
export async function standBy(
  databasePath: string,
  { pollMs, signal, onWait }: StandByOptions,
): Promise<Disposable> {
  for (let isWaiting = false; ; isWaiting = true) {
    const lock = lockFile(`${databasePath}-analyst`)
    if (lock !== undefined) return lock
    if (!isWaiting) onWait()
    await delay(pollMs, undefined, { signal })
  }
}
