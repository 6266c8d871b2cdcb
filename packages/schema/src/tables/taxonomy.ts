import type { Generated, Selectable } from 'kysely'
import type { Domain } from '../taxonomy/taxonomy.ts'
import type { Kind } from '../words.ts'

/** The tree of categories of a project. The names are session-buddy's. */
export interface SkillCategoriesTable {
  category_id: Generated<number>
  project_id: number
  category_name: string
  /** Null at the root. */
  parent_category_id: number | null
  description: string | null
  domain: Domain | null
  created_at_ms: number
}

export type CategoryRow = Selectable<SkillCategoriesTable>

/** The categories of a skill: those of rules, or the one that a person chose. */
export interface SkillCategoryMappingTable {
  project_id: number
  kind: Kind
  skill_name: string
  category_id: number
  /** 0-1; 1 when a person chose it. */
  confidence_score: number
  assigned_by: 'rule' | 'person'
  /** The rule with the highest confidence; null when a person chose. */
  rule_id: string | null
  assigned_at_ms: number
}

export type CategoryMappingRow = Selectable<SkillCategoryMappingTable>

/** What a skill reads and writes, as a person or the seed says. */
export interface SkillModalitiesTable {
  project_id: number
  kind: Kind
  skill_name: string
  modality_type: Domain
  input_format: string | null
  output_format: string | null
  requires_human_review: 0 | 1
  created_at_ms: number
}

export type ModalityRow = Selectable<SkillModalitiesTable>
