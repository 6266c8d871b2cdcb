import {
  type ParsedSkillFile,
  type ParsedSkillScan,
  redactShapes,
  type SkillScanReply,
  scopeKey,
  scopeOf,
} from '@skillwatch/schema'
import { hashOfProject } from '../../projects.ts'
import { redactText } from '../../recording/index.ts'
import { keyOf, planScan, type SkillFilesPlan } from '../../skill-files/plan.ts'
import type { Writer } from '../open.ts'
import type { SqliteRecordingStorage } from '../recording/storage.ts'
import { TaxonomyStatements } from '../taxonomy/taxonomy.ts'
import { ScanStatements } from './scans.ts'
import { SkillFileStatements } from './skill-files.ts'

/** Files that a project keeps; removed ones are dropped first. */
const FILES_KEPT_MAX = 20_000

/**
 * Makes the function that makes the stored files of a machine equal to those that a scan has found, in one
 * transaction, and lets the rules assign categories to what is new. A scope of which a newer scan is stored
 * is ignored, so a scan that arrives late changes nothing.
 */
export function createSaveScan(writer: Writer, storage: SqliteRecordingStorage, keptMax = FILES_KEPT_MAX) {
  const statements = new SkillFileStatements(storage.sqlite)
  const scans = new ScanStatements(storage.sqlite)
  const taxonomy = new TaxonomyStatements(storage.sqlite)
  return (project_id: number, scan: ParsedSkillScan, nowMs: number): SkillScanReply =>
    storage.immediate(() => {
      const machine_hash = hashOfProject(writer, project_id)(scan.machine)
      const wanted = scan.scopes.map(({ repository, ...scope }) => {
        return { ...scope, repository: redactShapes(repository), project_id, machine_hash }
      })
      const { scanned_at_ms } = scan
      const scopes = wanted.filter((scope) => (scans.scannedAt(scope) ?? 0) <= scanned_at_ms)
      const files = privateFiles(scan.files)
      const current = new Set(scopes.map(scopeKey))
      const taken = files.filter((file) => current.has(scopeKey(scopeOf(file))))
      const stored = scopes.flatMap(({ complete: _, ...scope }) => statements.ofScope(scope))
      const incomplete = new Set(scopes.flatMap((scope) => (scope.complete ? [] : scopeKey(scope))))
      const all = planScan(stored, taken, scanned_at_ms)
      const removals = all.removals.filter((row) => !incomplete.has(scopeKey(scopeOf(row))))
      const plan = { ...all, removals }
      const room = makeRoom(statements, project_id, plan.inserts.length, keptMax)
      const inserts = plan.inserts.slice(0, room)
      apply(statements, { ...plan, inserts }, { project_id, machine_hash, scanned_at_ms })
      for (const { complete: _, ...scope } of scopes) scans.putScan(scope, scanned_at_ms)
      taxonomy.assignByRules(project_id, [...inserts, ...plan.changed], nowMs)
      return {
        ...plan.counts,
        inserted: inserts.length,
        removed: plan.removals.length,
        outdated: files.length - taken.length,
        dropped: plan.inserts.length - inserts.length,
      }
    })
}

/** Files without secrets (R10). Of places that are equal without them, the first is kept. */
function privateFiles(files: readonly ParsedSkillFile[]): ParsedSkillFile[] {
  const all = new Map<string, ParsedSkillFile>()
  for (const file of files) {
    const { skill_name, origin, description } = file
    const each = {
      ...file,
      skill_name: redactShapes(skill_name),
      origin: redactShapes(origin),
      description: description === null ? null : redactText(description),
    }
    if (!all.has(keyOf(each))) all.set(keyOf(each), each)
  }
  return [...all.values()]
}

/** Drops removed files where there are too many. @returns how many can be inserted */
function makeRoom(
  statements: SkillFileStatements,
  projectId: number,
  wanted: number,
  keptMax: number,
): number {
  const excess = statements.count(projectId) + wanted - keptMax
  if (excess <= 0) return wanted
  const dropped = statements.oldestRemoved(projectId, excess)
  for (const fileId of dropped) statements.delete(projectId, fileId)
  return Math.max(0, wanted - excess + dropped.length)
}

function apply(
  statements: SkillFileStatements,
  { inserts, updates, versions, removals }: SkillFilesPlan,
  scan: { readonly project_id: number; readonly machine_hash: string; readonly scanned_at_ms: number },
): void {
  const { project_id, machine_hash, scanned_at_ms } = scan
  for (const { file_id } of removals) statements.remove(file_id, scanned_at_ms)
  for (const update of updates) statements.update(update)
  for (const version of versions) statements.addVersion(project_id, version, scanned_at_ms)
  for (const file of inserts) statements.insert(project_id, machine_hash, file, scanned_at_ms)
}
