import {
  type FindingsReply,
  type ParsedBaseline,
  type ParsedBaselineReport,
  redactShapes,
} from '@skillwatch/schema'
import { BASELINE_COLUMNS } from '../../baselines/columns.ts'
import type { SqliteRecordingStorage } from '../recording/storage.ts'
import { ofRecordedSkills, recordedSkills } from '../reports/recorded-skills.ts'
import { ReportedRows } from '../reports/reported-rows.ts'
import { BaselineRunStatements } from './baseline-run.ts'

/**
 * Makes the function that makes the baselines of a project equal to those of a report, in one transaction.
 * Equal rows are left alone. They are no part of the change log, like roll-ups.
 */
export function createSaveBaselines(storage: SqliteRecordingStorage) {
  const { sqlite, findings } = storage
  const rows = new ReportedRows(sqlite, BASELINE_COLUMNS)
  const runs = new BaselineRunStatements(sqlite)
  return (projectId: number, { run, baselines }: ParsedBaselineReport, nowMs: number): FindingsReply =>
    storage.immediate(() => {
      const isRecorded = recordedSkills((skill) => findings.hasCalls(projectId, skill))
      const reported = ofRecordedSkills(baselines.map(privateBaseline), (row) => [row], isRecorded)
      const counts = rows.replace({ project_id: projectId }, reported, nowMs)
      const isChanged = counts.unchanged < reported.length || counts.deleted > 0
      if (isChanged || runs.differs(projectId, run)) runs.put(projectId, run, nowMs)
      return { ...counts, skipped: baselines.length - reported.length }
    })
}

/** Without secrets, as all names are stored (R10). */
function privateBaseline(baseline: ParsedBaseline): ParsedBaseline {
  const { skill_name, most_common_workflow_phase: phase } = baseline
  return {
    ...baseline,
    skill_name: redactShapes(skill_name),
    most_common_workflow_phase: phase === null ? null : redactShapes(phase),
  }
}
