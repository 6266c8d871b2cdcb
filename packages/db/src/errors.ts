/** Why a database cannot be used. `older` and `missing` may pass by themselves when ingest starts. */
export type DatabaseErrorKind =
  | 'missing'
  | 'not-ours'
  | 'corrupt'
  | 'older'
  | 'newer'
  | 'in-use'
  | 'unsupported'

/** The database cannot be used as it is; `hint` says what to do. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
  readonly kind: DatabaseErrorKind
  readonly hint: string

  constructor(kind: DatabaseErrorKind, message: string, hint: string, cause?: unknown) {
    super(`${message}: ${hint}`, { cause })
    this.kind = kind
    this.hint = hint
  }
}

/** The write queue is full. Nothing of the request was stored; it may be sent again. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError'
  readonly retryAfterS = 1

  constructor(queuedItems: number, queueItemsMax: number) {
    super(`the write queue is full: ${queuedItems} of ${queueItemsMax} observations wait for their commit`)
  }
}

/** The database refuses writes for now (full disk, lock, read-only file). The request may be sent again. */
export class StorageUnavailableError extends Error {
  override readonly name = 'StorageUnavailableError'
  /** SQLite's own name of the cause, such as `SQLITE_FULL`, or `REWRITING`. */
  readonly code: string
  readonly retryAfterS = 2

  constructor(code: string, cause: unknown) {
    super(
      `the database refuses writes (${code}): ${CAUSES[code.split('_', 2).join('_')] ?? 'see the log'}`,
      {
        cause,
      },
    )
    this.code = code
  }
}

/**
 * The writer has ended or is closed. What it had not committed was not stored; the next process can store
 * it.
 */
export class WriterEndedError extends Error {
  override readonly name = 'WriterEndedError'
}

const CAUSES: Record<string, string> = {
  REWRITING: 'a deletion writes the file anew, which ends by itself',
  SQLITE_FULL: 'the disk or the quota is full, free some space',
  SQLITE_BUSY: 'another process holds its lock',
  SQLITE_LOCKED: 'another process holds its lock',
  SQLITE_READONLY: 'the file or its folder is read-only',
  SQLITE_IOERR: 'reading or writing the file failed, look at the disk',
  SQLITE_CANTOPEN: 'the file cannot be opened, look at its folder',
  SQLITE_CORRUPT: 'the file is damaged, restore a backup',
  SQLITE_NOTADB: 'the file is damaged, restore a backup',
}

/**
 * The error as StorageUnavailableError when SQLite says that it is about the file and not about the
 * statement.
 */
export function asStorageUnavailable(error: unknown): StorageUnavailableError | undefined {
  const code = sqliteCode(error)
  if (code === undefined) return undefined
  return Object.keys(CAUSES).some((prefix) => code.startsWith(prefix))
    ? new StorageUnavailableError(code, error)
    : undefined
}

/** SQLite's (extended) result code of an error of better-sqlite3, by name. */
export function sqliteCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined
}
