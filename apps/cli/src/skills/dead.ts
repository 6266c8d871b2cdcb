import type { UseSummary } from '@skillwatch/schema'
import { isPlaceholderName } from '@skillwatch/schema/claude-code'
import { formatInstant } from '@skillwatch/schema/parse-instant'
import type { Paint } from '../context.ts'
import { type Column, fittingTable } from '../table.ts'
import { printable } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import type { InstalledSkill } from './installed.ts'

/** An installed skill that was never used, as --json and --csv print it. */
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
 * The installed skills that were never used, the oldest first.
 * @param uses the uses of all skills and commands
 */
export function deadSkills(installed: readonly InstalledSkill[], uses: readonly UseSummary[]): DeadSkill[] {
  const used = new Set(uses.map(({ skill_name }) => skill_name!))
  const withoutPlugin = new Set([...used].map((name) => name.slice(name.indexOf(':') + 1)))
  // A use may lack the plugin in its name, and a folder may be named otherwise than its plugin.
  const isUsed = ({ name, ownNames, installedIn }: InstalledSkill) =>
    used.has(name) || ownNames.some((own) => (installedIn === 'plugin' ? withoutPlugin : used).has(own))
  return installed
    .filter((skill) => !isUsed(skill))
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

/** What limits the list: uses whose names were redacted. Undefined when there are none. */
export function placeholderNote(uses: readonly UseSummary[]): string | undefined {
  const redacted = uses.filter(({ skill_name, kind }) => isPlaceholderName(skill_name!, kind))
  if (redacted.length === 0) return undefined
  const count = redacted.reduce((sum, each) => sum + each.uses, 0)
  const names = [...new Set(redacted.map(({ skill_name }) => skill_name))].join(', ')
  return (
    `${exactNumber(count)} ${count === 1 ? 'use has' : 'uses have'} a placeholder name (${names}) and ` +
    'cannot be assigned, so a skill of this list may have been used. `skillwatch doctor` shows how to ' +
    'record real names.'
  )
}
