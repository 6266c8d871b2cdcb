import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { claudeFolder } from '../claude-folder.ts'
import { findTranscripts } from '../import/find-transcripts.ts'
import { type Check, noted, ok } from './check.ts'
import { readClaudeSettings } from './claude-settings.ts'

const NAME = 'clean-up'
const DAY_MS = 86_400_000
/** Claude Code's default of `cleanupPeriodDays`. */
const DEFAULT_DAYS = 30
/** With a shorter period, history is lost unless it is imported every few weeks. */
const ENOUGH_DAYS = 90
const SOON_DAYS = 7

/** Checks whether Claude Code deletes transcripts soon; undefined when it has none. */
export async function checkCleanup(env: NodeJS.ProcessEnv, nowMs: number): Promise<Check | undefined> {
  const projects = join(claudeFolder(env), 'projects')
  if ((await stat(projects).catch(() => undefined)) === undefined) return undefined
  const { path, settings } = await readClaudeSettings(env)
  if (settings === undefined) return noted(NAME, `unknown, as ${path} is broken`, 'correct that file')
  const days = daysOf(settings)
  const keep = `set "cleanupPeriodDays": 3650 in ${path}`
  if (days === 0)
    return noted(
      NAME,
      'cleanupPeriodDays is 0; some versions of Claude Code then write no transcripts',
      keep,
    )
  const period = days ?? DEFAULT_DAYS
  if (period >= ENOUGH_DAYS) return ok(NAME, `Claude Code keeps transcripts for ${period} days`)
  const { due, soon } = await countDue(projects, period, nowMs)
  const source = days === undefined ? 'the default' : 'from cleanupPeriodDays'
  return noted(
    NAME,
    `Claude Code deletes transcripts ${period} days (${source}) after their last line; ` +
      `${due} are due, ${soon} more within a week`,
    `import them before: \`skillwatch import claude-code\`, at least every ${period} days; or ${keep}`,
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
