import type { Reader } from '../sqlite/open.ts'
import { first } from '../sqlite/statements.ts'

/** Why the database cannot be read now; empty when it can. For `/health/ready`. */
export function unreadableReasons({ sqlite, db }: Reader): string[] {
  try {
    first(sqlite, db.selectFrom('stream').select('epoch').limit(1).compile())
    return []
  } catch (error) {
    return [`the database cannot be read: ${(error as Error).message}`]
  }
}
