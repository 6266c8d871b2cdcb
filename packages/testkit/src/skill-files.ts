import type { ReportedSkillFile, SkillScan } from '@skillwatch/schema'
import { NOW_MS } from './clock.ts'

/** A file of the user, with the fields that a test is about. */
export function aSkillFile(overrides: Partial<ReportedSkillFile> = {}): ReportedSkillFile {
  return {
    kind: 'skill',
    skill_name: 'pdf-fill',
    source: 'user',
    description: 'Fills the forms of PDF files.',
    description_tokens: 10,
    content_hash: 'a'.repeat(64),
    ...overrides,
  }
}

/** A scan of these files, and of the scopes that they are of. */
export function aScan(files: SkillScan['files'], overrides: Partial<SkillScan> = {}): SkillScan {
  const scopes = new Map(
    files.map(({ source, repository }) => {
      const scope = source === 'project' ? { source, repository: repository! } : { source }
      return [JSON.stringify(scope), scope] as const
    }),
  )
  return {
    machine: 'laptop',
    scanned_at: NOW_MS,
    scopes: files.length === 0 ? [{ source: 'user' }] : [...scopes.values()],
    files,
    ...overrides,
  }
}
