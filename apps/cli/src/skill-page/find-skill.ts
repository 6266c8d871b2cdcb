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

/**
 * What a person may mean by a name, the most used first: all with exactly this name, else those of plugins
 * that have it after the name of their plugin. Commands may have the slash with which they are typed.
 */
export async function matchSkills(
  gateway: Endpoint,
  { name, kind }: { readonly name: string; readonly kind?: UsedKind | undefined },
  signal: AbortSignal,
): Promise<UsedSkill[]> {
  const sums = await readUseSums(gateway, { ...EVER, by: ['skill'], kind }, signal)
  const used = sums
    .map((each) => ({ kind: each.kind as UsedKind, skill_name: each.skill_name!, uses: each.uses }))
    .sort((a, b) => b.uses - a.uses)
  const wanted = name.replace(/^\//, '')
  const exact = used.filter(({ skill_name }) => skill_name === name || skill_name === wanted)
  return exact.length > 0 ? exact : used.filter(({ skill_name }) => skill_name.endsWith(`:${wanted}`))
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
