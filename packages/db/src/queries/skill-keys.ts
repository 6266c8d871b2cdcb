import type { Kind } from '@skillwatch/schema'
import { sql } from 'kysely'

export interface SkillKey {
  kind: Kind
  skill_name: string
}

/**
 * Skills as a table of one JSON parameter, so that one statement serves any number of them. Put it first in a cross
 * join: SQLite keeps that order, and reads the other table by its key, skill by skill.
 */
export function skillKeys(keys: readonly SkillKey[]) {
  return sql<{
    value: string
  }>`json_each(${JSON.stringify(keys.map(({ kind, skill_name }) => ({ kind, skill_name })))})`.as('wanted')
}

export const wantedKind = sql<Kind>`wanted.value ->> 'kind'`
export const wantedName = sql<string>`wanted.value ->> 'skill_name'`

/** One text per skill, for maps. NUL is in no kind and no name. */
export function keyText({ kind, skill_name }: SkillKey): string {
  return `${kind}\0${skill_name}`
}
