import type { Category, ClassifiedSkill, Kind } from '@skillwatch/schema'
import { CliError } from '../errors.ts'
import { demand, type Endpoint } from '../http.ts'
import { readPages } from '../pages.ts'
import { quoted } from '../sessions/resolve-session.ts'

export interface ClassifiedWanted {
  readonly kind?: Kind | undefined
  readonly skill?: string | undefined
  readonly category?: string | undefined
  readonly review?: boolean
}

/** Skills with their categories, by kind and name. */
export async function readClassified(
  gateway: Endpoint,
  { kind, skill, category, review }: ClassifiedWanted,
  signal: AbortSignal,
): Promise<ClassifiedSkill[]> {
  const query = {
    ...(kind !== undefined && { kind }),
    ...(skill !== undefined && { skill_name: skill }),
    ...(category !== undefined && { category }),
    ...(review === true && { review: 'true' }),
  }
  const keyOf = (each: ClassifiedSkill) => `${each.kind} ${each.skill_name}`
  return (await readPages<ClassifiedSkill>(gateway, { path: '/v1/taxonomy', keyOf, query }, signal)).items
}

export async function readCategories(gateway: Endpoint, signal: AbortSignal): Promise<readonly Category[]> {
  return (await demand<{ items: Category[] }>(gateway, '/v1/categories', { signal })).items
}

/**
 * The kind of a skill that is known under one kind.
 * @throws {CliError} when it is known under none or several
 */
export async function kindOfSkill(gateway: Endpoint, skill: string, signal: AbortSignal): Promise<Kind> {
  const found = await readClassified(gateway, { skill }, signal)
  const kinds = found.map(({ kind }) => kind)
  if (kinds.length === 1) return kinds[0]!
  if (kinds.length === 0)
    throw new CliError(`no skill ${quoted(skill)} is known: \`skillwatch taxonomy list\` shows all.`)
  throw new CliError(`${quoted(skill)} is a name of ${kinds.join(' and ')}: choose one with --kind.`)
}
