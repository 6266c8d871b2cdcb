import {
  type FindingsReply,
  type ParsedDependencyReport,
  type ReportedDependency,
  type ReportedTransition,
  redactShapes,
} from '@skillwatch/schema'
import { DEPENDENCY_COLUMNS, SAMPLE_COLUMNS, TRANSITION_COLUMNS } from '../../dependencies/columns.ts'
import type { SqliteRecordingStorage } from '../recording/storage.ts'
import { ofRecordedSkills, recordedSkills, type Sides } from '../reports/recorded-skills.ts'
import { ReportedRows } from '../reports/reported-rows.ts'
import { sumOfCounts } from '../reports/row-counts.ts'

/** A report is of one unit. */
const SCOPE = ['project_id', 'unit']

/** Makes the function that replaces the dependencies and transitions of a unit, in one transaction. */
export function createSaveDependencies(storage: SqliteRecordingStorage) {
  const { sqlite, findings } = storage
  const dependencies = new ReportedRows(sqlite, DEPENDENCY_COLUMNS, SCOPE)
  const transitions = new ReportedRows(sqlite, TRANSITION_COLUMNS, SCOPE)
  const saveSample = sqlite.prepare<[object]>(
    `insert or replace into skill_dependency_report (project_id, ${SAMPLE_COLUMNS.join(', ')})
    values (@project_id, ${SAMPLE_COLUMNS.map((column) => `@${column}`).join(', ')})`,
  )
  return (projectId: number, report: ParsedDependencyReport, nowMs: number): FindingsReply =>
    storage.immediate(() => {
      const { unit, units } = report.sample
      const isRecorded = recordedSkills((skill) => findings.hasCalls(projectId, skill))
      const pairs = ofRecordedSkills(report.dependencies.map(privateDependency), sidesOfPair, isRecorded)
      const follows = ofRecordedSkills(
        report.transitions.map(privateTransition),
        sidesOfTransition,
        isRecorded,
      )
      const rows = pairs.map((pair) => ({ ...pair, units }))
      const scope = { project_id: projectId, unit }
      const counts = sumOfCounts([
        dependencies.replace(scope, rows, nowMs),
        transitions.replace(scope, follows, nowMs),
      ])
      saveSample.run({ project_id: projectId, ...report.sample })
      const reported = report.dependencies.length + report.transitions.length
      return { ...counts, skipped: reported - pairs.length - follows.length }
    })
}

const sidesOfPair: Sides<ReportedDependency> = ({ kind_a, skill_a, kind_b, skill_b }) => [
  { kind: kind_a, skill_name: skill_a },
  { kind: kind_b, skill_name: skill_b },
]

const sidesOfTransition: Sides<ReportedTransition> = ({ from_kind, from_skill, to_kind, to_skill }) => [
  { kind: from_kind, skill_name: from_skill },
  { kind: to_kind, skill_name: to_skill },
]

/** Without secrets, as all names are stored (R10). */
function privateDependency(pair: ReportedDependency): ReportedDependency {
  return { ...pair, skill_a: redactShapes(pair.skill_a), skill_b: redactShapes(pair.skill_b) }
}

function privateTransition(each: ReportedTransition): ReportedTransition {
  return { ...each, from_skill: redactShapes(each.from_skill), to_skill: redactShapes(each.to_skill) }
}
