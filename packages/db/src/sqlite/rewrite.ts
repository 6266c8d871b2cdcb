import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { StorageUnavailableError } from '../errors.ts'
import type { Writer } from './open.ts'

export interface RewriteRequest {
  readonly path: string
}

/** Empty when it went well, else SQLite's code and words. */
export interface RewriteReply {
  readonly code?: string
  readonly message?: string
}

const TRUNCATE_MS_MAX = 30_000
const TRUNCATE_EVERY_MS = 20

/**
 * Writes the whole file anew from its rows, in another thread: about 5 ms per MB, and as much disk again meanwhile. SQLite's
 * `secure_delete` overwrites deleted rows where they lie, but a page that was split when it was full keeps copies in its
 * free space (`rebuildPage` of btree.c does not clear it); VACUUM alone leaves none. Nothing may write meanwhile.
 * @throws {StorageUnavailableError} the file is as it was
 */
export async function rewriteFile({ path }: Writer): Promise<void> {
  const worker = new Worker(new URL('./rewrite-worker.ts', import.meta.url), {
    workerData: { path } satisfies RewriteRequest,
  })
  const [{ code, message }] = (await once(worker, 'message')) as [RewriteReply]
  if (code !== undefined) throw new StorageUnavailableError(code, new Error(message))
}

/**
 * Empties the write-ahead log, which still holds pages as they were, as soon as nobody reads an old state.
 * @throws {StorageUnavailableError} somebody kept reading for half a minute
 */
export async function truncateLog({ sqlite }: Writer): Promise<void> {
  const timeoutMs = sqlite.pragma('busy_timeout', { simple: true }) as number
  const endMs = performance.now() + TRUNCATE_MS_MAX
  for (;;) {
    sqlite.pragma('busy_timeout = 0')
    const [result] = sqlite.pragma('wal_checkpoint(truncate)') as { busy: number }[]
    sqlite.pragma(`busy_timeout = ${timeoutMs}`)
    if (result?.busy === 0) return
    if (performance.now() >= endMs)
      throw new StorageUnavailableError('SQLITE_BUSY', new Error('a reader keeps the write-ahead log'))
    await delay(TRUNCATE_EVERY_MS)
  }
}
