import type { InstalledSkill } from './installed.ts'

/** Calls of all time of a skill, of any kind. */
export interface SkillCalls {
  readonly kind: string
  readonly skill_name: string
  readonly invocation_count: number
  readonly first_invoked_at_ms: number
  readonly last_invoked_at_ms: number
}

/** Sums over the uses of a skill in a window. */
export interface SkillUses {
  readonly kind: string
  readonly skill_name: string
  readonly use_count: number
  readonly calls: number
  readonly failed_calls: number
}

/**
 * Finds the rows about an installed skill. A typed skill is recorded as a command, so both kinds count for
 * files of either; the calls of a plugin's skill may lack the plugin in their name.
 */
export function rowsBySkill<Row extends { readonly kind: string; readonly skill_name: string }>(
  rows: readonly Row[],
): (skill: Pick<InstalledSkill, 'kind' | 'skill_name' | 'places'>) => readonly Row[] {
  const byName = Map.groupBy(rows, ({ kind, skill_name }) => keyOf(kind, skill_name))
  return ({ kind, skill_name, places }) => {
    const isOfPlugin = places.some(({ source }) => source === 'plugin')
    const own = skill_name.slice(skill_name.indexOf(':') + 1)
    const names = isOfPlugin && own !== skill_name ? [skill_name, own] : [skill_name]
    return names.flatMap((name) => byName.get(keyOf(kind, name)) ?? [])
  }
}

function keyOf(kind: string, name: string): string {
  return `${kind === 'command' ? 'skill' : kind}\0${name}`
}
