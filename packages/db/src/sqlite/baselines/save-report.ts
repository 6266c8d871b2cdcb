import {
  type FindingsReply,
  type ParsedBaseline,
  type ParsedBaselineReport,
  redactShapes,
} from '@skillwatch/schema'
import { RUN_COLUMNS } from '../../baselines/columns.ts'
import { keyOf, planBaselines } from '../../baselines/plan.ts'
import type { SqliteRecordingStorage } from '../recording/storage.ts'
import { BaselineStatements } from './baselines.ts'

/**
 * Makes the function that makes the baselines of a project equal to those of a report, in one transaction.
 * Equal rows are left alone. They are no part of the change log, like roll-ups.
 */
export function createSaveBaselines(storage: SqliteRecordingStorage) {
  const statements = new BaselineStatements(storage.sqlite)
  return (projectId: number, { run, baselines }: ParsedBaselineReport, nowMs: number): FindingsReply =>
    storage.immediate(() => {
      const reported = recordedSkills(storage, projectId, baselines)
      const plan = planBaselines(statements.all(projectId), reported)
      const changed = plan.inserts.length + plan.updates.length + plan.deletes.length
      const stored = statements.run(projectId)
      statements.apply(projectId, plan, nowMs)
      if (
        changed > 0 ||
        stored === undefined ||
        RUN_COLUMNS.some((column) => stored[column] !== run[column])
      )
        statements.putRun(projectId, run, nowMs)
      return {
        inserted: plan.inserts.length,
        updated: plan.updates.length,
        deleted: plan.deletes.length,
        unchanged: plan.unchanged,
        skipped: baselines.length - reported.length,
      }
    })
}

/**
 * Those of skills that have calls, without secrets (R10): a report that was computed before a deletion must
 * not undo it. Of names that are equal without their secrets, the first is kept.
 */
function recordedSkills(
  { findings }: SqliteRecordingStorage,
  projectId: number,
  baselines: readonly ParsedBaseline[],
): ParsedBaseline[] {
  const all = new Map<string, ParsedBaseline>()
  for (const baseline of baselines.map(privateBaseline))
    if (!all.has(keyOf(baseline)) && findings.hasCalls(projectId, baseline))
      all.set(keyOf(baseline), baseline)
  return [...all.values()]
}

function privateBaseline(baseline: ParsedBaseline): ParsedBaseline {
  const { skill_name, most_common_workflow_phase: phase } = baseline
  return {
    ...baseline,
    skill_name: redactShapes(skill_name),
    most_common_workflow_phase: phase === null ? null : redactShapes(phase),
  }
}
