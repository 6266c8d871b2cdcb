import type { SkillSummary } from '@skillwatch/schema'
import { CliError } from '../errors.ts'
import { demand, type Endpoint } from '../http.ts'
import type { Page } from '../pages.ts'
import { quoted } from '../sessions/resolve-session.ts'
import type { AskedSkill } from './options.ts'

/** @throws {CliError} when no call of the skill is recorded */
export async function demandRecorded(
  gateway: Endpoint,
  asked: AskedSkill,
  signal: AbortSignal,
): Promise<void> {
  if (await isRecorded(gateway, asked, signal)) return
  const ofKind = asked.kind === undefined ? '' : ` of kind ${asked.kind}`
  throw new CliError(
    `no call of ${quoted(asked.skill_name)}${ofKind} is recorded: \`skillwatch skills --since 365d\` lists ` +
      'what was used.',
  )
}

/** Whether any call of the skill is recorded. */
async function isRecorded(
  gateway: Endpoint,
  { skill_name, kind }: AskedSkill,
  signal: AbortSignal,
): Promise<boolean> {
  const parameters = new URLSearchParams({ skill_name, limit: '1', ...(kind !== undefined && { kind }) })
  const page = await demand<Page<SkillSummary>>(gateway, `/v1/skills?${parameters}`, { signal })
  return page.items.length > 0
}
