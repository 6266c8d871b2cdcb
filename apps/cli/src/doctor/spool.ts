import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Check, noted } from './check.ts'

/** Ingest looks into the spool every two seconds. */
const WAIT_MS_MAX = 60_000

/** Checks that ingest stores what hooks and commands wrote to the spool. */
export async function checkSpool(folder: string, nowMs: number): Promise<Check | undefined> {
  const names = await readdir(folder).catch(() => [])
  const files = await Promise.all(
    names
      .filter((name) => name.includes('.ndjson'))
      .map((name) => stat(join(folder, name)).catch(() => undefined)),
  )
  const changedAt = files.flatMap((file) => (file !== undefined && file.size > 0 ? [file.mtimeMs] : []))
  if (changedAt.length === 0 || nowMs - Math.min(...changedAt) < WAIT_MS_MAX) return undefined
  return noted(
    'spool',
    `events of hooks and commands wait in ${folder} since ${new Date(Math.min(...changedAt)).toISOString()}`,
    'start ingest with `npm start`. An ingest in a container does not read this folder; for it, run ' +
      '`skillwatch setup claude-code --hooks http`',
  )
}
