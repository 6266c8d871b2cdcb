import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { APPLICATION_ID } from './open.ts'

/** Where a SQLite file holds its application id (sqlite.org/fileformat2.html, "The Database Header"). */
const APPLICATION_ID_OFFSET = 68
const HEADER_BYTES = 100
const MAGIC = 'SQLite format 3\0'
/** Files that belong to a database. */
const COMPANION = /-(?:wal|shm|journal|writer)$/

/**
 * Paths of Skillwatch's other databases in the folder of a database, sorted, by the headers of the files.
 * The database itself is never opened: closing it would release all locks that this process holds on it
 * (sqlite.org/howtocorrupt.html, section 2.2).
 */
export function otherDatabases(databasePath: string): string[] {
  const folder = dirname(databasePath)
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !COMPANION.test(entry.name))
    .map(({ name }) => join(folder, name))
    .filter((path) => !isSameFile(path, databasePath) && isOurs(path))
    .sort()
}

function isSameFile(a: string, b: string): boolean {
  const [first, second] = [a, b].map((path) => statSync(path, { throwIfNoEntry: false }))
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev
}

function isOurs(path: string): boolean {
  const header = readHeader(path)
  if (header?.toString('latin1', 0, MAGIC.length) !== MAGIC) return false
  return header.readUInt32BE(APPLICATION_ID_OFFSET) === APPLICATION_ID
}

/** Undefined for a shorter file, and for one that may not be read. */
function readHeader(path: string): Buffer | undefined {
  try {
    const file = openSync(path, 'r')
    try {
      const header = Buffer.alloc(HEADER_BYTES)
      return readSync(file, header) === HEADER_BYTES ? header : undefined
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}
