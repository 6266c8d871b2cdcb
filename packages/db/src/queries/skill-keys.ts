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
  return sql<{ value: string }>`json_each(${toJson(keys)})`.as('wanted')
}

export const wantedKind = sql<Kind>`wanted.value ->> 'kind'`
export const wantedName = sql<string>`wanted.value ->> 'skill_name'`

/** Keeps the rows of the table `part` that are of these skills. */
export function isWanted(keys: readonly SkillKey[]) {
  return sql<boolean>`(part.kind, part.skill_name) in (select ${wantedKind}, ${wantedName} from json_each(${toJson(keys)}) as wanted)`
}

/** One text per skill, for maps. NUL is in no kind and no name. */
export function keyText({ kind, skill_name }: SkillKey): string {
  return `${kind}\0${skill_name}`
}

function toJson(keys: readonly SkillKey[]): string {
  return JSON.stringify(keys.map(({ kind, skill_name }) => ({ kind, skill_name })))
}
