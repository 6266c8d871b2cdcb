import { parentPort, workerData } from 'node:worker_threads'
import BetterSqlite3 from 'better-sqlite3'
import type { RewriteReply, RewriteRequest } from './rewrite.ts'

/** How long it waits for a write that is under way, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000

function rewrite({ path }: RewriteRequest): RewriteReply {
  const sqlite = new BetterSqlite3(path, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
  try {
    sqlite.pragma('synchronous = full')
    sqlite.exec('vacuum')
    // Copies what it can here, so that little is left to do for the thread that serves requests.
    sqlite.pragma('wal_checkpoint(passive)')
    return {}
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    return { code: code ?? 'SQLITE_ERROR', message }
  } finally {
    sqlite.close()
  }
}

parentPort?.postMessage(rewrite(workerData as RewriteRequest))
