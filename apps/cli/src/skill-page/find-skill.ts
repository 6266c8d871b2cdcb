import type { UseSummary } from '@skillwatch/schema'
import { withNoun } from '../amounts.ts'
import { CliError } from '../errors.ts'
import type { Endpoint } from '../http.ts'
import { quoted } from '../sessions/resolve-session.ts'
import { printable, table } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { readUseSums, type UsedKind } from '../uses/read.ts'
import { EVER } from '../uses/window.ts'

/** A skill, command or agent that was used. */
export interface UsedSkill {
  readonly kind: UsedKind
  readonly skill_name: string
  /** All that were ever recorded. */
  readonly uses: number
}

interface SkillQuery {
  readonly name: string
  readonly kind?: UsedKind | undefined
}

/**
 * Skills with exactly this name, the most used first. Commands may have the slash with which they are typed.
 */
export async function skillsNamed(
  gateway: Endpoint,
  { name, kind }: SkillQuery,
  signal: AbortSignal,
): Promise<UsedSkill[]> {
  const names = [...new Set([name, withoutSlash(name)])]
  const query = { ...EVER, by: ['skill'], kind } as const
  const sums = await Promise.all(
    names.map((skill_name) => readUseSums(gateway, { ...query, skill_name }, signal)),
  )
  return byUses(sums.flat())
}

/** Skills of plugins that have this name after the name of their plugin, the most used first. */
export async function skillsOfPlugins(
  gateway: Endpoint,
  { name, kind }: SkillQuery,
  signal: AbortSignal,
): Promise<UsedSkill[]> {
  const sums = await readUseSums(gateway, { ...EVER, by: ['skill'], kind }, signal)
  return byUses(sums).filter(({ skill_name }) => skill_name.endsWith(`:${withoutSlash(name)}`))
}

/** What a person may mean by a name: the skills with exactly this name, else those of plugins. */
export async function matchSkills(
  gateway: Endpoint,
  query: SkillQuery,
  signal: AbortSignal,
): Promise<UsedSkill[]> {
  const named = await skillsNamed(gateway, query, signal)
  return named.length > 0 ? named : skillsOfPlugins(gateway, query, signal)
}

function byUses(sums: readonly UseSummary[]): UsedSkill[] {
  return sums
    .map(({ kind, skill_name, uses }) => ({ kind: kind as UsedKind, skill_name: skill_name!, uses }))
    .sort((a, b) => b.uses - a.uses)
}

function withoutSlash(name: string): string {
  return name.replace(/^\//, '')
}

/**
 * The skill of the only name among matches; of several kinds with this name the most used one.
 * @throws {CliError} when there is none, or when there are several names, which the message lists
 */
export function theSkill(name: string, matches: readonly UsedSkill[]): UsedSkill {
  const [first] = matches
  if (first === undefined) throw new CliError(noneMessage(name))
  const isOneName = matches.every(({ skill_name }) => skill_name === first.skill_name)
  if (!isOneName) throw new CliError(severalMessage(name, matches))
  return first
}

function noneMessage(name: string): string {
  return (
    `no use of a skill, command or agent ${quoted(name)} is recorded: \`skillwatch skills --since 365d\` ` +
    'lists what was used.'
  )
}

function severalMessage(name: string, matches: readonly UsedSkill[]): string {
  const rows = matches.map(({ kind, skill_name, uses }) => [
    `  ${kind}`,
    printable(skill_name),
    withNoun(uses, 'use', exactNumber),
  ])
  return [`several plugins have ${quoted(name)}:`, ...table(rows), 'Give the whole name.'].join('\n')
}
