import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { databaseSpoolFolder, isSegment } from '@skillwatch/client/spool'
import type * as Db from '@skillwatch/db'
import { broken, type Check, noted, ok } from './check.ts'
import { ago, bytes } from './units.ts'

const NAME = 'spool'
const JOURNAL = 'hooks.journal'
/** Ingest reads the spool every two seconds. */
const WAIT_MS_MAX = 60_000
const START =
  'start ingest with `npm start`. An ingest in a container reads only its own folder: there, run ' +
  '`skillwatch setup claude-code --hooks http` or set SKILLWATCH_DATA'

export interface SpoolPlace {
  readonly databasePath: string
  /** The folder that ingest reads. */
  readonly folder: string
}

/** What waits in a folder to be stored. */
interface Waiting {
  readonly bytes: number
  /** When it was last written to. */
  readonly changedAtMs: number
}

/**
 * Checks that ingest stores what hooks and commands wrote for the database, and names files that wait for
 * none.
 */
export async function checkSpools(place: SpoolPlace, nowMs: number): Promise<Check[]> {
  // Imported here, as a database driver that cannot be loaded is a finding of another check.
  const db = await import('@skillwatch/db').catch(() => undefined)
  return [
    checkOwner(place, db) ?? checkOwn(place, nowMs),
    ...checkSetAside(place.folder),
    ...(db === undefined ? [] : checkFormer(place, db, nowMs)),
    ...checkStrays(place, nowMs),
  ]
}

function checkOwner({ databasePath, folder }: SpoolPlace, db: typeof Db | undefined): Check | undefined {
  const owner = db?.spoolOwner(folder)
  if (owner === undefined || owner === databasePath) return undefined
  return broken(
    NAME,
    `${folder} belongs to the database ${owner}, so ingest does not start`,
    'set INGEST_SPOOL_FOLDER to another folder',
  )
}

function checkOwn({ folder }: SpoolPlace, nowMs: number): Check {
  const waiting = longWaiting(folder, nowMs)
  if (waiting === undefined) return ok(NAME, `nothing waits in ${folder}`)
  return noted(NAME, describe(folder, waiting, nowMs), START)
}

function checkSetAside(folder: string): Check[] {
  const names = namesIn(folder).filter((name) => /\.(?:rejected|unreadable)$/.test(name))
  return names.map((name) => {
    const path = join(folder, name)
    const lines = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '').length
    const text = `${lines} ${lines === 1 ? 'line' : 'lines'} in ${path} could not be stored`
    return noted(NAME, text, name === 'spool.rejected' ? IMPORT : 'look at them, then delete the file')
  })
}

const IMPORT = 'correct them, import the file with `skillwatch import ndjson`, then delete it'

/** The folder that earlier versions used for all databases beside it. */
function checkFormer({ databasePath, folder }: SpoolPlace, db: typeof Db, nowMs: number): Check[] {
  const former = db.formerSpoolFolder(databasePath)
  const waiting = former === folder ? undefined : longWaiting(former, nowMs)
  if (waiting === undefined) return []
  const owner = db.formerSpoolOwner(databasePath)
  const text = `${describe(former, waiting, nowMs)}, which earlier versions used`
  if (owner === undefined)
    return [
      noted(NAME, `${text}, for any database beside it`, moveTo('the <database>-spool of one of them')),
    ]
  if (owner !== databasePath) return []
  if (folder !== databaseSpoolFolder(databasePath)) return [noted(NAME, text, moveTo(folder))]
  return [noted(NAME, text, `${START}. Hooks that still write there: run \`skillwatch setup claude-code\``)]
}

/** Spools of databases that do not exist, and the one of this database that a chosen one replaces. */
function checkStrays({ databasePath, folder }: SpoolPlace, nowMs: number): Check[] {
  const beside = dirname(databasePath)
  const spools = namesIn(beside).filter((name) => name.endsWith('-spool'))
  return spools.flatMap((name) => {
    const path = join(beside, name)
    const database = path.slice(0, -'-spool'.length)
    const isOwn = database === databasePath
    const waiting =
      path === folder || (existsSync(database) && !isOwn) ? undefined : longWaiting(path, nowMs)
    if (waiting === undefined) return []
    const why = isOwn ? 'and INGEST_SPOOL_FOLDER names another folder' : `and there is no ${database}`
    return [noted(NAME, `${describe(path, waiting, nowMs)}, ${why}`, moveTo(folder))]
  })
}

function moveTo(folder: string): string {
  return `to store it, move its .ndjson files to ${folder}`
}

function describe(folder: string, waiting: Waiting, nowMs: number): string {
  return `${bytes(waiting.bytes)} wait in ${folder}, last written ${ago(nowMs - waiting.changedAtMs)}`
}

/** Undefined when nothing waits, or not for long. */
function longWaiting(folder: string, nowMs: number): Waiting | undefined {
  const files = namesIn(folder)
    .filter((name) => isSegment(name) || name === JOURNAL)
    .flatMap((name) => statSync(join(folder, name), { throwIfNoEntry: false }) ?? [])
    .filter(({ size }) => size > 0)
  if (!files.some(({ mtimeMs }) => nowMs - mtimeMs > WAIT_MS_MAX)) return undefined
  return {
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    changedAtMs: Math.max(...files.map(({ mtimeMs }) => mtimeMs)),
  }
}

/** Empty for a folder that does not exist or may not be read. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
