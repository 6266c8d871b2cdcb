import type { Refusal } from './first-error.ts'
import { parseInstant } from './parse-instant.ts'
import type { ReportedSkillFile, SkillScan } from './skill-file.ts'
import type { SkillFileRow } from './tables/skill-files.ts'

/** A file that passed every check, as its row holds it. */
export interface ParsedSkillFile
  extends Pick<
    SkillFileRow,
    'kind' | 'skill_name' | 'source' | 'origin' | 'description' | 'description_tokens' | 'content_hash'
  > {
  readonly changed_at_ms: number
  readonly installed_at_ms: number
}

/** The user's files, those of all plugins, or those of one repository. */
export interface SkillScope {
  readonly source: SkillFileRow['source']
  /** The repository; empty for the others. */
  readonly repository: string
}

/** A scan that passed every check. */
export interface ParsedSkillScan {
  readonly machine: string
  readonly scanned_at_ms: number
  readonly scopes: readonly (SkillScope & { readonly complete: boolean })[]
  readonly files: readonly ParsedSkillFile[]
}

/**
 * Checks what the schema of a scan cannot say. A scan counts as a whole, so one refusal refuses it.
 * @param nowMs the server's clock, for the check of instants in the future
 * @returns the scan, or what is wrong with it: at most one refusal for each file
 */
export function parseSkillScan(
  scan: SkillScan,
  nowMs: number,
): { scan: ParsedSkillScan } | { refusals: Refusal[] } {
  const scanned_at_ms = parseInstant(scan.scanned_at, nowMs)
  if (typeof scanned_at_ms === 'object') return { refusals: [{ pointer: '/scanned_at', ...scanned_at_ms }] }
  const wrong = scan.scopes.findIndex(({ source, repository }) => needsRepository(source, repository))
  if (wrong >= 0) return { refusals: [{ pointer: `/scopes/${wrong}/repository`, reason: PLACES }] }
  const scopes = scan.scopes.map(({ source, repository = '', complete = true }) => ({
    ...{ source, repository, complete },
  }))
  const known = new Set(scopes.map(scopeKey))
  const seen = new Set<string>()
  const files: ParsedSkillFile[] = []
  const refusals: Refusal[] = []
  for (const [index, file] of scan.files.entries()) {
    const parsed = parseFile(file, scanned_at_ms, nowMs)
    const refusal = 'pointer' in parsed ? parsed : refuse(parsed, known, seen)
    if (refusal === undefined) files.push(parsed as ParsedSkillFile)
    else refusals.push({ ...refusal, pointer: `/files/${index}${refusal.pointer}` })
  }
  if (refusals.length > 0) return { refusals }
  return { scan: { machine: scan.machine, scanned_at_ms, scopes, files } }
}

/** The scope that a file belongs to. */
export function scopeOf({ source, origin }: Pick<ParsedSkillFile, 'source' | 'origin'>): SkillScope {
  return { source, repository: source === 'project' ? origin : '' }
}

export function scopeKey({ source, repository }: SkillScope): string {
  return `${source}\0${repository}`
}

const PLACES = 'is given with source project, and only then'

function needsRepository(source: SkillFileRow['source'], repository: string | undefined): boolean {
  return (source === 'project') !== (repository !== undefined)
}

function parseFile(file: ReportedSkillFile, scannedAtMs: number, nowMs: number): ParsedSkillFile | Refusal {
  const { changed_at, installed_at, repository, plugin, ...values } = file
  if (needsRepository(file.source, repository)) return { pointer: '/repository', reason: PLACES }
  if ((file.source === 'plugin') !== (plugin !== undefined))
    return { pointer: '/plugin', reason: 'is given with source plugin, and only then' }
  const changedAtMs = parseInstant(changed_at ?? scannedAtMs, nowMs)
  if (typeof changedAtMs === 'object') return { pointer: '/changed_at', ...changedAtMs }
  const installedAtMs = parseInstant(installed_at ?? scannedAtMs, nowMs)
  if (typeof installedAtMs === 'object') return { pointer: '/installed_at', ...installedAtMs }
  return {
    ...values,
    origin: repository ?? plugin ?? '',
    // A file that was found is not of the future, whatever its file system says.
    changed_at_ms: Math.min(changedAtMs, scannedAtMs),
    installed_at_ms: Math.min(installedAtMs, scannedAtMs),
  }
}

function refuse(file: ParsedSkillFile, scopes: ReadonlySet<string>, seen: Set<string>): Refusal | undefined {
  if (!scopes.has(scopeKey(scopeOf(file))))
    return { pointer: '/source', reason: 'is of no scope of the scan' }
  const key = JSON.stringify([file.kind, file.skill_name, file.source, file.origin])
  if (seen.has(key)) return { pointer: '/skill_name', reason: 'is the name of another file of this place' }
  seen.add(key)
  return undefined
}
