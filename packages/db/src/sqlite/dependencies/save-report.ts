import {
  type FindingsReply,
  type ParsedDependencyReport,
  type ReportedDependency,
  type ReportedTransition,
  redactShapes,
} from '@skillwatch/schema'
import { DEPENDENCY_COLUMNS, SAMPLE_COLUMNS, TRANSITION_COLUMNS } from '../../dependencies/columns.ts'
import type { SkillKey } from '../findings/findings.ts'
import type { SqliteRecordingStorage } from '../recording/storage.ts'
import { ReportedRows } from './reported-rows.ts'

/** Makes the function that replaces the dependencies and transitions of a unit, in one transaction. */
export function createSaveDependencies(storage: SqliteRecordingStorage) {
  const { sqlite, findings } = storage
  const dependencies = new ReportedRows(sqlite, DEPENDENCY_COLUMNS)
  const transitions = new ReportedRows(sqlite, TRANSITION_COLUMNS)
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
      const [a, b] = [
        dependencies.replace(projectId, unit, rows, nowMs),
        transitions.replace(projectId, unit, follows, nowMs),
      ]
      saveSample.run({ project_id: projectId, ...report.sample })
      const reported = report.dependencies.length + report.transitions.length
      return {
        inserted: a.inserted + b.inserted,
        updated: a.updated + b.updated,
        deleted: a.deleted + b.deleted,
        unchanged: a.unchanged + b.unchanged,
        skipped: reported - pairs.length - follows.length,
      }
    })
}

type Sides<Row> = (row: Row) => readonly [SkillKey, SkillKey]

const sidesOfPair: Sides<ReportedDependency> = ({ kind_a, skill_a, kind_b, skill_b }) => [
  { kind: kind_a, skill_name: skill_a },
  { kind: kind_b, skill_name: skill_b },
]

const sidesOfTransition: Sides<ReportedTransition> = ({ from_kind, from_skill, to_kind, to_skill }) => [
  { kind: from_kind, skill_name: from_skill },
  { kind: to_kind, skill_name: to_skill },
]

const textOf = ({ kind, skill_name }: SkillKey) => `${kind}\0${skill_name}`

/** A report that was computed before a deletion must not undo it. Each skill is looked up once. */
function recordedSkills(hasCalls: (skill: SkillKey) => boolean): (skill: SkillKey) => boolean {
  const known = new Map<string, boolean>()
  return (skill) => {
    const answer = known.get(textOf(skill)) ?? hasCalls(skill)
    known.set(textOf(skill), answer)
    return answer
  }
}

/** The rows about recorded skills, the first of each: names without secrets may be equal. */
function ofRecordedSkills<Row>(
  rows: readonly Row[],
  sidesOf: Sides<Row>,
  isRecorded: (skill: SkillKey) => boolean,
): Row[] {
  const seen = new Set<string>()
  return rows.filter((row) => {
    const sides = sidesOf(row)
    const key = sides.map(textOf).join('\0')
    const isFirst = !seen.has(key)
    seen.add(key)
    return isFirst && sides.every(isRecorded)
  })
}

/** Without secrets, as all names are stored (R10). */
function privateDependency(pair: ReportedDependency): ReportedDependency {
  return { ...pair, skill_a: redactShapes(pair.skill_a), skill_b: redactShapes(pair.skill_b) }
}

function privateTransition(each: ReportedTransition): ReportedTransition {
  return { ...each, from_skill: redactShapes(each.from_skill), to_skill: redactShapes(each.to_skill) }
}
