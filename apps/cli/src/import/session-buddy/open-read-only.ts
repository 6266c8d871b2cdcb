import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import Sqlite from 'better-sqlite3'

/** Larger files are not held in memory. */
const IN_MEMORY_BYTES_MAX = 512 * 1_048_576
const ATTEMPTS_MAX = 5

/** Places in the header of a database file (sqlite.org/fileformat2.html, section 1.3): 2 means WAL, 1 a rollback journal. */
const WRITE_VERSION = 18
const READ_VERSION = 19

/**
 * Opens somebody's database for reading, while its owner may be writing, and leaves nothing beside it. A read-only
 * connection to a WAL database makes `-wal` and `-shm` files when there are none. So a database whose log is empty is
 * read into memory, where it is a snapshot; one with a log (its owner is at work, or was killed) is read in place.
 * @throws SqliteError when it cannot be opened
 */
export function openReadOnly(path: string): Sqlite.Database {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX && isAtRest(path); attempt += 1) {
    const before = stateOf(path)
    const content = readFileSync(path)
    if (stateOf(path) === before && isAtRest(path)) return openContent(content)
  }
  return new Sqlite(path, { readonly: true, fileMustExist: true })
}

/** Whether everything is in the file itself, and opening it in place would make files. */
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
  // Memory has no place for a log; without one, both modes mean the same pages.
  content[WRITE_VERSION] = 1
  content[READ_VERSION] = 1
  return new Sqlite(content, { readonly: true })
}

function stateOf(path: string): string {
  const { ino, size, mtimeNs } = statSync(path, { bigint: true })
  return `${ino} ${size} ${mtimeNs}`
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
