import { recording } from './0001-recording.ts'
import type { Migration } from './dialect.ts'

/** All migrations in order. Append only. */
export const MIGRATIONS: readonly Migration[] = [recording]
