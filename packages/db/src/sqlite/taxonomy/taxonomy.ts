import {
  type CategoryRow,
  classifySkill,
  type Kind,
  type Modality,
  SEEDED_CATEGORIES,
  SEEDED_MODALITIES,
} from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'

interface Classified {
  readonly kind: Kind
  readonly skill_name: string
  readonly description: string | null
}

/** What a category is to be, with the id of its parent. */
export type CategoryDraft = Omit<CategoryRow, 'category_id' | 'project_id' | 'created_at_ms'>

/** Categories, their skills, and modalities in SQLite. */
export class TaxonomyStatements {
  readonly #categories
  readonly #byName
  readonly #putCategory
  readonly #adoptChildren
  readonly #deleteMappings
  readonly #deleteCategory
  readonly #person
  readonly #deleteRuled
  readonly #deleteOfSkill
  readonly #map
  readonly #putModality
  readonly #deleteModality

  constructor(sqlite: BetterSqlite3.Database) {
    this.#categories = sqlite.prepare<[number], CategoryRow>(
      'select * from skill_categories where project_id = ?',
    )
    this.#byName = sqlite.prepare<[number, string], CategoryRow>(
      'select * from skill_categories where project_id = ? and category_name = ?',
    )
    this.#putCategory = sqlite.prepare<[object]>(
      `insert into skill_categories
        (project_id, category_name, parent_category_id, description, domain, created_at_ms)
      values (@project_id, @category_name, @parent_category_id, @description, @domain, @now_ms)
      on conflict (project_id, category_name) do update set parent_category_id = @parent_category_id,
        description = @description, domain = @domain`,
    )
    this.#adoptChildren = sqlite.prepare<[CategoryRow]>(
      `update skill_categories set parent_category_id = @parent_category_id
      where project_id = @project_id and parent_category_id = @category_id`,
    )
    this.#deleteMappings = sqlite.prepare<[CategoryRow]>(
      `delete from skill_category_mapping indexed by skill_category_mapping_by_category
      where project_id = @project_id and category_id = @category_id`,
    )
    this.#deleteCategory = sqlite.prepare<[CategoryRow]>(
      'delete from skill_categories where category_id = @category_id',
    )
    const ofSkill = 'project_id = ? and kind = ? and skill_name = ?'
    this.#person = sqlite.prepare<[number, string, string], unknown>(
      `select 1 from skill_category_mapping where ${ofSkill} and assigned_by = 'person'`,
    )
    this.#deleteRuled = sqlite.prepare<[number, string, string]>(
      `delete from skill_category_mapping where ${ofSkill} and assigned_by = 'rule'`,
    )
    this.#deleteOfSkill = sqlite.prepare<[number, string, string]>(
      `delete from skill_category_mapping where ${ofSkill}`,
    )
    this.#map = sqlite.prepare<[object]>(
      `insert into skill_category_mapping
        (project_id, kind, skill_name, category_id, confidence_score, assigned_by, rule_id, assigned_at_ms)
      values (@project_id, @kind, @skill_name, @category_id, @confidence, @assigned_by, @rule_id, @now_ms)`,
    )
    this.#putModality = sqlite.prepare<[object]>(
      `insert or replace into skill_modalities (project_id, kind, skill_name, modality_type, input_format,
        output_format, requires_human_review, created_at_ms)
      values (@project_id, @kind, @skill_name, @modality_type, @input_format, @output_format, @review, @now_ms)`,
    )
    this.#deleteModality = sqlite.prepare<[number, string, string]>(
      `delete from skill_modalities where ${ofSkill}`,
    )
  }

  categories(projectId: number): CategoryRow[] {
    return this.#categories.all(projectId)
  }

  category(projectId: number, name: string): CategoryRow | undefined {
    return this.#byName.get(projectId, name)
  }

  putCategory(project_id: number, category: CategoryDraft, now_ms: number): void {
    this.#putCategory.run({ project_id, ...category, now_ms })
  }

  /** Deletes a category; those below it move to the one above it. */
  deleteCategory(category: CategoryRow): void {
    this.#adoptChildren.run(category)
    this.#deleteMappings.run(category)
    this.#deleteCategory.run(category)
  }

  /** Replaces what rules have assigned. What a person has chosen stays. */
  assignByRules(project_id: number, skills: readonly Classified[], now_ms: number): void {
    for (const { kind, skill_name, description } of skills) {
      this.#deleteRuled.run(project_id, kind, skill_name)
      if (this.#person.get(project_id, kind, skill_name) !== undefined) continue
      for (const { category, confidence, rule_id } of classifySkill({ skill_name, description })) {
        const category_id = this.category(project_id, category)?.category_id
        if (category_id === undefined) continue
        const row = { project_id, kind, skill_name, category_id, confidence, rule_id, now_ms }
        this.#map.run({ ...row, assigned_by: 'rule' })
      }
    }
  }

  /** What a person has chosen is the only category of the skill. */
  assignByPerson(
    project_id: number,
    { kind, skill_name }: Pick<Classified, 'kind' | 'skill_name'>,
    category_id: number,
    now_ms: number,
  ): void {
    this.#deleteOfSkill.run(project_id, kind, skill_name)
    const row = { project_id, kind, skill_name, category_id, confidence: 1, rule_id: null, now_ms }
    this.#map.run({ ...row, assigned_by: 'person' })
  }

  deleteMappingsOf(projectId: number, kind: Kind, skillName: string): void {
    this.#deleteOfSkill.run(projectId, kind, skillName)
  }

  putModality(
    project_id: number,
    { kind, skill_name }: Pick<Classified, 'kind' | 'skill_name'>,
    { requires_human_review, ...modality }: Modality,
    now_ms: number,
  ): void {
    const review = Number(requires_human_review)
    this.#putModality.run({ project_id, kind, skill_name, ...modality, review, now_ms })
  }

  /** Deletes all that is stored of a skill. */
  deleteSkill(projectId: number, kind: Kind, skillName: string): void {
    this.#deleteOfSkill.run(projectId, kind, skillName)
    this.#deleteModality.run(projectId, kind, skillName)
  }

  /** The categories and modalities that every project begins with. */
  seed(projectId: number, nowMs: number): void {
    for (const { parent, ...category } of SEEDED_CATEGORIES) {
      const above = parent === null ? undefined : this.category(projectId, parent)
      this.putCategory(projectId, { ...category, parent_category_id: above?.category_id ?? null }, nowMs)
    }
    for (const [skill_name, modality_type, input_format, output_format, review] of SEEDED_MODALITIES) {
      const formats = { modality_type, input_format, output_format }
      const skill = { kind: 'skill' as const, skill_name }
      this.putModality(projectId, skill, { ...formats, requires_human_review: review === 1 }, nowMs)
    }
  }
}
