import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import Sqlite from 'better-sqlite3'

/** Larger files are read in place. */
const IN_MEMORY_BYTES_MAX = 512 * 1_048_576
const ATTEMPTS_MAX = 5

/**
 * Offsets in a database header (sqlite.org/fileformat2.html, section 1.3). 2 means WAL, 1 a rollback
 * journal.
 */
const WRITE_VERSION = 18
const READ_VERSION = 19

/**
 * Opens another program's database for reading, while that program may be writing, without creating files
 * beside it. A read-only connection to a WAL database creates missing `-wal` and `-shm` files. Therefore a
 * database with an empty log is copied into memory; one with a log (its program is running, or was killed)
 * is read in place.
 * @throws SqliteError when it cannot be opened
 */
export function openReadOnly(path: string): Sqlite.Database {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX && isAtRest(path); attempt += 1) {
    const before = versionOf(path)
    const content = readFileSync(path)
    if (versionOf(path) === before && isAtRest(path)) return openContent(content)
  }
  return new Sqlite(path, { readonly: true, fileMustExist: true })
}

/** Whether the log is empty and opening the database in place would create files. */
function isAtRest(path: string): boolean {
  return sizeOf(`${path}-wal`) === 0 && sizeOf(path) <= IN_MEMORY_BYTES_MAX && isWal(path)
}

function isWal(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const header = Buffer.alloc(READ_VERSION + 1)
    return readSync(file, header, 0, header.length, 0) === header.length && header[READ_VERSION] === 2
  } finally {
    closeSync(file)
  }
}

function openContent(content: Buffer): Sqlite.Database {
  // A database in memory cannot have a log. Without one both journal modes read the same pages.
  content[WRITE_VERSION] = 1
  content[READ_VERSION] = 1
  return new Sqlite(content, { readonly: true })
}

function versionOf(path: string): string {
  const { ino, size, mtimeNs } = statSync(path, { bigint: true })
  return `${ino} ${size} ${mtimeNs}`
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
