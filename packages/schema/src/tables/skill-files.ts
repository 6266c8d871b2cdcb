import type { Generated, Selectable } from 'kysely'
import type { SkillFileKind, SkillSource } from '../skill-file.ts'

/** A file of a skill, command or sub-agent that a scan has found. Its text is not stored. */
export interface SkillFileTable {
  file_id: Generated<number>
  project_id: number
  machine_hash: string
  kind: SkillFileKind
  skill_name: string
  source: SkillSource
  /** The repository or the plugin; empty for files of the user. */
  origin: string
  description: string | null
  description_tokens: number
  /** Of the newest version. */
  content_hash: string
  installed_at_ms: number
  first_seen_at_ms: number
  last_seen_at_ms: number
  /** Null while it is there. */
  removed_at_ms: number | null
}

export type SkillFileRow = Selectable<SkillFileTable>

/** The contents that a file had, one after the other. */
export interface SkillFileVersionTable {
  project_id: number
  file_id: number
  first_seen_at_ms: number
  /** After the last scan with the content before, and not after the first scan with this one. */
  changed_at_ms: number
  content_hash: string
}

export type SkillFileVersionRow = Selectable<SkillFileVersionTable>

/** The last scan of each place of a machine. */
export interface SkillScanTable {
  project_id: number
  machine_hash: string
  source: SkillSource
  /** Empty unless the source is `project`. */
  repository: string
  scanned_at_ms: number
}

export type SkillScanRow = Selectable<SkillScanTable>
