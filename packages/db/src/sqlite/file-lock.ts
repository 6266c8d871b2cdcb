import BetterSqlite3 from 'better-sqlite3'
import { isHeldByOther } from './writer-lock.ts'

/**
 * Locks a file, which is made when missing and has no content. SQLite gives the lock up when the process
 * ends, also after `kill -9`.
 * @returns undefined when another process holds it
 * @throws an error of SQLite, such as for a folder that cannot be written
 */
export function lockFile(path: string): Disposable | undefined {
  const sqlite = new BetterSqlite3(path, { timeout: 0 })
  try {
    sqlite.exec('begin exclusive')
    return { [Symbol.dispose]: () => void sqlite.close() }
  } catch (error) {
    sqlite.close()
    if (isHeldByOther(error)) return undefined
    throw error
  }
}
