import type { Kind } from '@skillwatch/schema'
import { sql } from 'kysely'

export interface SkillKey {
  kind: Kind
  skill_name: string
}

/**
 * Skills as a table made of one JSON parameter: one statement serves any number of skills. Put it first in a
 * cross join: SQLite keeps the order of a cross join, so it searches the other table once for each skill.
 */
export function skillKeys(keys: readonly SkillKey[]) {
  return sql<{
    value: string
  }>`json_each(${JSON.stringify(keys.map(({ kind, skill_name }) => ({ kind, skill_name })))})`.as('wanted')
}

export const wantedKind = sql<Kind>`wanted.value ->> 'kind'`
export const wantedName = sql<string>`wanted.value ->> 'skill_name'`

/** Key of a skill in a map. Kinds and names never contain NUL. */
export function keyText({ kind, skill_name }: SkillKey): string {
  return `${kind}\0${skill_name}`
}
