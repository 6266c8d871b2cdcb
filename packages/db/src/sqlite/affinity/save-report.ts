import {
  type FindingsReply,
  type ParsedAffinityReport,
  type ReportedAffinity,
  redactShapes,
} from '@skillwatch/schema'
import { AFFINITY_COLUMNS } from '../../similarity/columns.ts'
import type { SkillKey } from '../findings/findings.ts'
import type { SqliteRecordingStorage } from '../recording/storage.ts'
import { createPutRun } from '../reports/put-run.ts'
import { ofRecordedSkills, recordedSkills } from '../reports/recorded-skills.ts'
import { ReportedRows } from '../reports/reported-rows.ts'

/** Makes the function that replaces the affinities of a project, in one transaction. */
export function createSaveAffinities(storage: SqliteRecordingStorage) {
  const { sqlite, findings } = storage
  const affinities = new ReportedRows(sqlite, AFFINITY_COLUMNS)
  const putRun = createPutRun(sqlite, 'skill_affinity_run')
  return (projectId: number, report: ParsedAffinityReport, nowMs: number): FindingsReply =>
    storage.immediate(() => {
      const isRecorded = recordedSkills((skill) => findings.hasCalls(projectId, skill))
      const rows = ofRecordedSkills(report.affinities.map(privateAffinity), sidesOf, isRecorded)
      const counts = affinities.replace({ project_id: projectId }, rows, nowMs)
      putRun(projectId, report.run)
      return { ...counts, skipped: report.affinities.length - rows.length }
    })
}

function sidesOf({ kind, skill_name, also_kind, also_name }: ReportedAffinity): SkillKey[] {
  return [
    { kind, skill_name },
    { kind: also_kind, skill_name: also_name },
  ]
}

/** Without secrets, as all names are stored (R10). */
function privateAffinity(each: ReportedAffinity): ReportedAffinity {
  return { ...each, skill_name: redactShapes(each.skill_name), also_name: redactShapes(each.also_name) }
}
