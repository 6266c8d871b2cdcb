import {
  type Category,
  type CategoryMappingRow,
  type CategoryRow,
  type ClassifiedSkill,
  classifySkill,
  formatInstant,
  type Kind,
  type ModalityRow,
  REVIEW_BELOW,
  type SkillCategory,
} from '@skillwatch/schema'
import type { Reader } from '../sqlite/open.ts'
import { prepared } from '../sqlite/statements.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from './cursor.ts'
import { keyText, type SkillKey } from './skill-keys.ts'

/** The categories of a project, by name. */
export function listCategories(reader: Reader, projectId: number): Category[] {
  const rows = categoryRows(reader, projectId)
  const nameOf = namesById(rows)
  return rows.map(({ category_name, parent_category_id, description, domain, created_at_ms }) => ({
    category_name,
    parent: parent_category_id === null ? null : (nameOf.get(parent_category_id) ?? null),
    ...{ description, domain },
    created_at: formatInstant(created_at_ms),
  }))
}

export interface ClassifiedQuery {
  kind?: Kind
  skill_name?: string
  category?: string
  /** Only what a person should look at. */
  review?: boolean
  limit: number
  cursor?: string
}

/**
 * Skills, commands, agents and MCP tools with their categories, by kind and name: those that are installed,
 * and those that were called. What a scan has not seen is classified here, by its name. Its cost follows the
 * number of skills.
 * @throws {CursorError}
 */
export function listClassified(
  reader: Reader,
  projectId: number,
  { kind, skill_name, category, review, limit, cursor }: ClassifiedQuery,
): Page<ClassifiedSkill> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, 'taxonomy', ['string', 'string'])
  const skills = classified(reader, projectId).filter(
    (skill) =>
      (kind === undefined || skill.kind === kind) &&
      (skill_name === undefined || skill.skill_name === skill_name) &&
      (category === undefined || skill.categories.some((each) => each.category === category)) &&
      (review !== true || skill.review.length > 0) &&
      (after === undefined || keyText(skill) > after.join('\0')),
  )
  const rows = skills.slice(0, limit + 1)
  return toPage(rows, limit, (last) => encodeCursor('taxonomy', [last.kind, last.skill_name]))
}

function classified(reader: Reader, projectId: number): ClassifiedSkill[] {
  const names = namesById(categoryRows(reader, projectId))
  const known = new Set(names.values())
  const mappings = Map.groupBy(
    rowsOf<CategoryMappingRow>(reader, projectId, 'skill_category_mapping'),
    keyText,
  )
  const modalities = new Map(
    rowsOf<ModalityRow>(reader, projectId, 'skill_modalities').map((row) => [keyText(row), row]),
  )
  return skillsOf(reader, projectId).map(({ kind, skill_name }) => {
    const key = keyText({ kind, skill_name })
    const categories = (mappings.get(key) ?? [])
      .map((row) => toSkillCategory(row, names))
      .sort((a, b) => b.confidence - a.confidence || (a.category < b.category ? -1 : 1))
    const skill = { kind, skill_name, categories, modality: toModality(modalities.get(key)) }
    if (categories.length === 0) skill.categories = ruled(skill_name, known)
    return { ...skill, review: reasonsOf(skill) }
  })
}

/** What rules say of a skill that has no stored category, by its name alone. */
function ruled(skill_name: string, known: ReadonlySet<string>): SkillCategory[] {
  return classifySkill({ skill_name, description: null })
    .filter(({ category }) => known.has(category))
    .map((each) => ({ ...each, assigned_by: 'rule' as const }))
}

function reasonsOf({ categories, modality }: Omit<ClassifiedSkill, 'review'>): ClassifiedSkill['review'] {
  const reasons: ClassifiedSkill['review'] = []
  const [first] = categories
  if (first === undefined) reasons.push('no_category')
  else if (first.confidence < REVIEW_BELOW) reasons.push('low_confidence')
  if (modality?.requires_human_review) reasons.push('human_review')
  return reasons
}

function toSkillCategory(row: CategoryMappingRow, names: ReadonlyMap<number, string>): SkillCategory {
  const { confidence_score, assigned_by, rule_id, category_id } = row
  return { category: names.get(category_id) ?? '', confidence: confidence_score, assigned_by, rule_id }
}

function toModality(row: ModalityRow | undefined): ClassifiedSkill['modality'] {
  if (row === undefined) return null
  const { modality_type, input_format, output_format, requires_human_review } = row
  return { modality_type, input_format, output_format, requires_human_review: requires_human_review === 1 }
}

function skillsOf({ sqlite }: Reader, projectId: number): SkillKey[] {
  return prepared(
    sqlite,
    `select kind, skill_name from skill_metrics where project_id = ? and kind <> 'tool'
    union select kind, skill_name from skill_file where project_id = ? and removed_at_ms is null
    order by kind, skill_name`,
  ).all(projectId, projectId) as SkillKey[]
}

function categoryRows({ sqlite }: Reader, projectId: number): CategoryRow[] {
  const statement = 'select * from skill_categories where project_id = ? order by category_name'
  return prepared(sqlite, statement).all(projectId) as CategoryRow[]
}

function namesById(rows: readonly CategoryRow[]): ReadonlyMap<number, string> {
  return new Map(rows.map(({ category_id, category_name }) => [category_id, category_name]))
}

function rowsOf<Row>(
  { sqlite }: Reader,
  projectId: number,
  table: 'skill_category_mapping' | 'skill_modalities',
): Row[] {
  return prepared(sqlite, `select * from ${table} where project_id = ?`).all(projectId) as Row[]
}
