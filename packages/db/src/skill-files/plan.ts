import type { ParsedSkillFile, SkillFileRow } from '@skillwatch/schema'

/** A stored file with the values that a scan gives it. */
export type SkillFileUpdate = Omit<
  SkillFileRow,
  'project_id' | 'machine_hash' | 'kind' | 'skill_name' | 'source' | 'origin'
>

/** A content that a file was found with for the first time. */
export interface NewVersion {
  readonly file_id: number
  readonly changed_at_ms: number
  readonly content_hash: string
}

/** What makes the stored files of some scopes equal to those that a scan has found. */
export interface SkillFilesPlan {
  readonly inserts: readonly ParsedSkillFile[]
  readonly updates: readonly SkillFileUpdate[]
  readonly versions: readonly NewVersion[]
  readonly removals: readonly SkillFileRow[]
  /** Files whose content or description is new: rules look at them again. */
  readonly changed: readonly ParsedSkillFile[]
  readonly counts: { readonly updated: number; readonly unchanged: number }
}

/**
 * Compares a scan with what is stored of its scopes. A pure function, so that a scan that was stored plans
 * nothing but the time of its files.
 * @param stored all files of the scopes on the machine, also removed ones
 */
export function planScan(
  stored: readonly SkillFileRow[],
  files: readonly ParsedSkillFile[],
  scannedAtMs: number,
): SkillFilesPlan {
  const known = new Map(stored.map((row) => [keyOf(row), row]))
  const inserts: ParsedSkillFile[] = []
  const changed: ParsedSkillFile[] = []
  const updates: SkillFileUpdate[] = []
  const versions: NewVersion[] = []
  for (const file of files) {
    const row = known.get(keyOf(file))
    known.delete(keyOf(file))
    if (row === undefined) {
      inserts.push(file)
      continue
    }
    updates.push(updateOf(row, file, scannedAtMs))
    if (isChanged(row, file)) changed.push(file)
    if (row.content_hash !== file.content_hash) versions.push(versionOf(row, file))
  }
  const removals = [...known.values()].filter(({ removed_at_ms }) => removed_at_ms === null)
  const updated = changed.length
  const counts = { updated, unchanged: updates.length - updated }
  return { inserts, updates, versions, removals, changed, counts }
}

export function keyOf(file: Pick<ParsedSkillFile, 'kind' | 'skill_name' | 'source' | 'origin'>): string {
  return JSON.stringify([file.kind, file.skill_name, file.source, file.origin])
}

function isChanged(row: SkillFileRow, file: ParsedSkillFile): boolean {
  return (
    row.removed_at_ms !== null ||
    row.content_hash !== file.content_hash ||
    row.description !== file.description ||
    row.description_tokens !== file.description_tokens
  )
}

function updateOf(row: SkillFileRow, file: ParsedSkillFile, scannedAtMs: number): SkillFileUpdate {
  const isBack = row.removed_at_ms !== null
  return {
    file_id: row.file_id,
    description: file.description,
    description_tokens: file.description_tokens,
    content_hash: file.content_hash,
    // An editor may make the file again, so the earliest time counts.
    installed_at_ms: isBack ? file.installed_at_ms : Math.min(row.installed_at_ms, file.installed_at_ms),
    first_seen_at_ms: row.first_seen_at_ms,
    last_seen_at_ms: scannedAtMs,
    removed_at_ms: null,
  }
}

/** The file had its former content in the scan before, so it was changed after that. */
function versionOf(row: SkillFileRow, file: ParsedSkillFile): NewVersion {
  const changed_at_ms = Math.max(row.last_seen_at_ms, file.changed_at_ms)
  return { file_id: row.file_id, changed_at_ms, content_hash: file.content_hash }
}
