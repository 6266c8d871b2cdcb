import type { Generated, Selectable } from 'kysely'
import type { ReportedAffinity } from '../affinity.ts'

/** What persons who use a skill also use. */
export interface SkillAffinityTable extends ReportedAffinity {
  row_id: Generated<number>
  project_id: number
  /** When it was stored with these numbers. */
  last_updated_at_ms: number
}

/** What the stored affinities of a project were computed from. */
export interface SkillAffinityRunTable {
  project_id: number
  computed_at_ms: number
  since_at_ms: number
  until_at_ms: number
  persons: number
}

export type AffinityRow = Selectable<SkillAffinityTable>
export type AffinityRunRow = Selectable<SkillAffinityRunTable>
