import { formatInstant, type SkillFile, type SkillFileRow } from '@skillwatch/schema'

/** A row with what is known of its versions. */
export type SkillFileWithVersions = SkillFileRow & { versions: number; changed_at_ms: number }

/** A file as the wire shows it. */
export function toSkillFile(row: SkillFileWithVersions): SkillFile {
  const { kind, skill_name, source, origin, machine_hash, description, description_tokens } = row
  return {
    ...{ kind, skill_name, source, origin: origin === '' ? null : origin, machine_hash },
    ...{ description, description_tokens, content_hash: row.content_hash, versions: row.versions },
    changed_at: formatInstant(row.changed_at_ms),
    installed_at: formatInstant(row.installed_at_ms),
    first_seen_at: formatInstant(row.first_seen_at_ms),
    last_seen_at: formatInstant(row.last_seen_at_ms),
    removed_at: row.removed_at_ms === null ? null : formatInstant(row.removed_at_ms),
  }
}
