import { once } from 'node:events'
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

/**
 * Rewrites the whole file from its rows (VACUUM), in another thread: about 5 ms per MB, and as much disk
 * again meanwhile. SQLite's `secure_delete` overwrites deleted rows where they are, but a page that was
 * split when it was full keeps copies of rows in its free space (`rebuildPage` of btree.c does not clear
 * it). Nothing else may write meanwhile.
 * @throws {StorageUnavailableError} the file is as it was
 */
export async function rewriteFile(path: string): Promise<void> {
  const worker = new Worker(new URL('./rewrite-worker.ts', import.meta.url), {
    workerData: { path } satisfies RewriteRequest,
  })
  const [{ code, message }] = (await once(worker, 'message')) as [RewriteReply]
  if (code !== undefined) throw new StorageUnavailableError(code, new Error(message))
}

/**
 * Empties the write-ahead log, which still contains pages as they were.
 * @returns false while a reader still reads an old state; it is to be tried again
 */
export function truncateLog({ sqlite }: Writer): boolean {
  const timeoutMs = sqlite.pragma('busy_timeout', { simple: true }) as number
  sqlite.pragma('busy_timeout = 0')
  const [result] = sqlite.pragma('wal_checkpoint(truncate)') as { busy: number }[]
  sqlite.pragma(`busy_timeout = ${timeoutMs}`)
  return result?.busy === 0
}
