import { readdir, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { claudeFolder } from '../claude-folder.ts'
import { broken, type Check, noted, ok } from './check.ts'
import { bytes } from './units.ts'

const NODE_MAJOR_MIN = 24
/** With less space the database may soon refuse writes. */
const FREE_BYTES_MIN = 500 * 1024 ** 2
/** A clock before the time of this program is wrong. */
const CLOCK_MIN_MS = Date.UTC(2026, 0, 1)

export function checkNode(version: string): Check {
  const major = Number(version.replace(/^v/, '').split('.')[0])
  if (major >= NODE_MAJOR_MIN) return ok('node', version)
  return broken(
    'node',
    `${version}, too old`,
    'run Skillwatch through npm (`npm start`, `npx skillwatch`), which brings its own Node',
  )
}

export function checkClock(nowMs: number): Check {
  const now = new Date(nowMs).toISOString()
  if (nowMs >= CLOCK_MIN_MS) return ok('clock', now)
  return broken('clock', `${now} cannot be right`, "set this machine's clock")
}

/** Checks the free space where the database is, or will be. */
export async function checkDisk(path: string): Promise<Check> {
  const folder = await nearestFolder(dirname(path))
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free >= FREE_BYTES_MIN) return ok('disk', `${bytes(free)} free at ${folder}`)
  return broken(
    'disk',
    `only ${bytes(free)} free at ${folder}`,
    'free some space; until then the database may refuse writes',
  )
}

/** Checks whether Claude Code has transcripts that can be imported. */
export async function checkTranscripts(env: NodeJS.ProcessEnv): Promise<Check> {
  const folder = join(claudeFolder(env), 'projects')
  const projects = await readdir(folder, { withFileTypes: true }).catch(() => undefined)
  if (projects === undefined) {
    return noted(
      'transcripts',
      `Claude Code has none in ${folder}`,
      'if they are elsewhere, name their folder: `skillwatch import claude-code <folder>`',
    )
  }
  const count = projects.filter((entry) => entry.isDirectory()).length
  return ok('transcripts', `${count} ${count === 1 ? 'project' : 'projects'} of Claude Code in ${folder}`)
}

async function nearestFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined)
  return found || folder === dirname(folder) ? folder : nearestFolder(dirname(folder))
}
