import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DatabaseError } from './errors.ts'

const REPOSITORY_ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/**
 * Path of the SQLite file a database URL names. A relative path is relative to the repository's root, so
 * that all services mean the same file wherever they were started.
 * @param databaseUrl `sqlite:` and a path
 */
export function sqlitePath(databaseUrl: string): string {
  const match = /^sqlite:(?:\/\/)?(.+)$/.exec(databaseUrl)
  if (match) return resolve(REPOSITORY_ROOT, match[1]!)
  const scheme = /^[a-z]+:/.exec(databaseUrl)?.[0] ?? databaseUrl
  throw new DatabaseError(
    'unsupported',
    `database URL begins with ${scheme}`,
    'expected sqlite: and a path, such as sqlite:./data/skillwatch.db',
  )
}
