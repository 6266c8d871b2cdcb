import { formatInstant, type SkillSummary } from '@skillwatch/schema'
import { isPlaceholderName } from '@skillwatch/schema/claude-code'
import type { Paint } from '../context.ts'
import { type Column, fittingTable } from '../table.ts'
import { printable } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import type { InstalledSkill } from './installed.ts'

/** An installed skill without a recorded call, as --json and --csv print it. */
export interface DeadSkill {
  readonly skill_name: string
  readonly installed_in: InstalledSkill['installedIn']
  /** When its SKILL.md was last changed. */
  readonly since: string
  readonly path: string
}

const COLUMNS: readonly Column<DeadSkill>[] = [
  { heading: ['SKILL'], rank: 0, align: 'left', cell: (skill) => printable(skill.skill_name) },
  { heading: ['INSTALLED', 'IN'], rank: 2, align: 'left', cell: (skill) => skill.installed_in },
  { heading: ['SINCE'], rank: 1, align: 'left', cell: (skill) => skill.since.slice(0, 10) },
]

/**
 * The installed skills that were never called, the oldest first.
 * @param calls what is recorded of all skills and commands
 */
export function deadSkills(
  installed: readonly InstalledSkill[],
  calls: readonly SkillSummary[],
): DeadSkill[] {
  const called = new Set(calls.map(({ skill_name }) => skill_name))
  const withoutPlugin = new Set([...called].map((name) => name.slice(name.indexOf(':') + 1)))
  // A call may lack the plugin in its name, and a folder may be named otherwise than its plugin.
  const isCalled = ({ name, ownNames, installedIn }: InstalledSkill) =>
    called.has(name) || ownNames.some((own) => (installedIn === 'plugin' ? withoutPlugin : called).has(own))
  return installed
    .filter((skill) => !isCalled(skill))
    .sort((a, b) => a.changedAtMs - b.changedAtMs || (a.name < b.name ? -1 : 1))
    .map(({ name, installedIn, changedAtMs, path }) => ({
      skill_name: name,
      installed_in: installedIn,
      since: formatInstant(changedAtMs),
      path,
    }))
}

/** One row a skill, at most `width` columns wide. */
export function deadLines(skills: readonly DeadSkill[], width: number, paint: Paint): string[] {
  const { head, body } = fittingTable(COLUMNS, skills, width)
  return [...head.map((line) => paint('bold', line)), ...body]
}

/** What limits the list: calls whose names were redacted. Undefined when there are none. */
export function placeholderNote(calls: readonly SkillSummary[]): string | undefined {
  const redacted = calls.filter(({ skill_name, kind }) => isPlaceholderName(skill_name, kind))
  if (redacted.length === 0) return undefined
  const count = redacted.reduce((sum, { invocation_count }) => sum + invocation_count, 0)
  const names = [...new Set(redacted.map(({ skill_name }) => skill_name))].join(', ')
  return (
    `${exactNumber(count)} ${count === 1 ? 'call has' : 'calls have'} a placeholder name (${names}) and ` +
    'cannot be assigned, so a skill of this list may have been called. `skillwatch doctor` shows how to ' +
    'record real names.'
  )
}
