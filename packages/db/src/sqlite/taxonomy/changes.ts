import { type Kind, type Modality, type PutCategory, redactShapes } from '@skillwatch/schema'
import { redactText } from '../../recording/index.ts'
import type { SqliteRecordingStorage } from '../recording/storage.ts'
import { SkillFileStatements } from '../skill-files/skill-files.ts'
import { TaxonomyStatements } from './taxonomy.ts'

/** A skill by its kind and name. */
interface SkillKey {
  readonly kind: Kind
  readonly skill_name: string
}

/** A change that a person makes to the taxonomy of a project. */
export type TaxonomyChange =
  | { readonly put: string; readonly category: PutCategory }
  | { readonly remove: string }
  | { readonly assign: SkillKey; readonly to: string | null }
  | { readonly describe: SkillKey; readonly modality: Modality }

/** What became of it, or why it was refused. */
export type TaxonomyOutcome =
  | 'done'
  | 'no_category'
  | 'no_parent'
  | 'parent_below'
  | 'no_skill'
  | 'too_many_categories'

const CATEGORIES_MAX = 1_000

/** Makes the function that applies a change of the taxonomy, in one transaction. */
export function createChangeTaxonomy(storage: SqliteRecordingStorage) {
  const taxonomy = new TaxonomyStatements(storage.sqlite)
  const files = new SkillFileStatements(storage.sqlite)
  const isKnown = (projectId: number, { kind, skill_name }: SkillKey) =>
    storage.findings.hasCalls(projectId, { kind, skill_name }) ||
    files.fileOf(projectId, kind, skill_name) !== undefined
  return (projectId: number, asked: TaxonomyChange, nowMs: number): TaxonomyOutcome =>
    storage.immediate(() => {
      const change = privateChange(asked)
      if ('put' in change) return putCategory(taxonomy, projectId, change.put, change.category, nowMs)
      if ('remove' in change) return removeCategory(taxonomy, projectId, change.remove)
      if ('describe' in change) {
        if (!isKnown(projectId, change.describe)) return 'no_skill'
        taxonomy.putModality(projectId, change.describe, change.modality, nowMs)
        return 'done'
      }
      const { kind, skill_name } = change.assign
      if (!isKnown(projectId, change.assign)) return 'no_skill'
      if (change.to === null) {
        taxonomy.deleteMappingsOf(projectId, kind, skill_name)
        const description = files.fileOf(projectId, kind, skill_name)?.description ?? null
        taxonomy.assignByRules(projectId, [{ kind, skill_name, description }], nowMs)
        return 'done'
      }
      return assign(taxonomy, projectId, change.assign, change.to, nowMs)
    })
}

/** The change without secrets, by the rules of names and texts of invocations (R10). */
function privateChange(change: TaxonomyChange): TaxonomyChange {
  if ('put' in change) {
    const { parent = null, description = null, domain = null } = change.category
    const category = {
      parent: redacted(parent),
      description: description && redactText(description),
      domain,
    }
    return { put: redactShapes(change.put), category }
  }
  if ('remove' in change) return { remove: redactShapes(change.remove) }
  if ('assign' in change) return { assign: privateSkill(change.assign), to: redacted(change.to) }
  const { input_format, output_format, ...modality } = change.modality
  const formats = { input_format: redacted(input_format), output_format: redacted(output_format) }
  return { describe: privateSkill(change.describe), modality: { ...modality, ...formats } }
}

function privateSkill({ kind, skill_name }: SkillKey): SkillKey {
  return { kind, skill_name: redactShapes(skill_name) }
}

function redacted(name: string | null): string | null {
  return name === null ? null : redactShapes(name)
}

function putCategory(
  taxonomy: TaxonomyStatements,
  projectId: number,
  category_name: string,
  { parent = null, description = null, domain = null }: PutCategory,
  nowMs: number,
): TaxonomyOutcome {
  const all = taxonomy.categories(projectId)
  const own = all.find((each) => each.category_name === category_name)
  const above = parent === null ? null : all.find((each) => each.category_name === parent)
  if (above === undefined) return 'no_parent'
  const byId = new Map(all.map((each) => [each.category_id, each]))
  for (let each = above; each; each = byId.get(each.parent_category_id ?? -1) ?? null)
    if (each.category_id === own?.category_id) return 'parent_below'
  if (own === undefined && all.length >= CATEGORIES_MAX) return 'too_many_categories'
  const parent_category_id = above?.category_id ?? null
  taxonomy.putCategory(projectId, { category_name, parent_category_id, description, domain }, nowMs)
  return 'done'
}

function removeCategory(taxonomy: TaxonomyStatements, projectId: number, name: string): TaxonomyOutcome {
  const category = taxonomy.category(projectId, name)
  if (category === undefined) return 'no_category'
  taxonomy.deleteCategory(category)
  return 'done'
}

function assign(
  taxonomy: TaxonomyStatements,
  projectId: number,
  skill: SkillKey,
  to: string,
  nowMs: number,
): TaxonomyOutcome {
  const category = taxonomy.category(projectId, to)
  if (category === undefined) return 'no_category'
  taxonomy.assignByPerson(projectId, skill, category.category_id, nowMs)
  return 'done'
}
