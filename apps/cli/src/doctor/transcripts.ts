import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { claudeFolder } from '../claude-folder.ts'
import { findTranscripts } from '../import/find-transcripts.ts'
import { type Check, noted, ok } from './check.ts'
import { readClaudeSettings } from './claude-settings.ts'

const DAY_MS = 86_400_000
/** What Claude Code takes when `cleanupPeriodDays` is not set. */
const DEFAULT_DAYS = 30
/** Below this, history is lost to whoever does not import every few weeks. */
const ENOUGH_DAYS = 90
const SOON_DAYS = 7

/** Whether Claude Code deletes transcripts soon; nothing to say where it has none. */
export async function checkCleanup(env: NodeJS.ProcessEnv, nowMs: number): Promise<Check | undefined> {
  const name = 'clean-up'
  const projects = join(claudeFolder(env), 'projects')
  if ((await stat(projects).catch(() => undefined)) === undefined) return undefined
  const { path, settings } = await readClaudeSettings(env)
  if (settings === undefined) return noted(name, `unknown, as ${path} is no JSON`, 'mend that file')
  const days = daysOf(settings)
  const keep = `set "cleanupPeriodDays": 3650 in ${path}`
  if (days === 0) {
    return noted(
      name,
      'cleanupPeriodDays is 0, with which some versions of Claude Code write no transcripts',
      keep,
    )
  }
  const period = days ?? DEFAULT_DAYS
  if (period >= ENOUGH_DAYS) return ok(name, `Claude Code keeps transcripts for ${period} days`)
  const { due, soon } = await countDue(projects, period, nowMs)
  const why = days === undefined ? 'unless cleanupPeriodDays says otherwise' : 'as cleanupPeriodDays says'
  return noted(
    name,
    `Claude Code deletes transcripts ${period} days after their last line, ${why}; ${due} are due, ${soon} more within a week`,
    `bring them in before: \`skillwatch import claude-code\`, again at least every ${period} days; or ${keep}`,
  )
}

function daysOf({ cleanupPeriodDays }: Readonly<Record<string, unknown>>): number | undefined {
  return typeof cleanupPeriodDays === 'number' && cleanupPeriodDays >= 0 ? cleanupPeriodDays : undefined
}

async function countDue(
  folder: string,
  days: number,
  nowMs: number,
): Promise<{ due: number; soon: number }> {
  const { files } = await findTranscripts(folder)
  const ages = files.map(({ changedAtMs }) => (nowMs - changedAtMs) / DAY_MS)
  const due = ages.filter((age) => age >= days).length
  return { due, soon: ages.filter((age) => age >= days - SOON_DAYS).length - due }
}
