import {
  type FindingsReply,
  type ParsedWorkflowReport,
  redactShapes,
  type WorkflowPhase,
  type WorkflowPhaseRow,
  type WorkflowSkill,
  type WorkflowTransition,
} from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'
import type { SqliteRecordingStorage } from '../recording/storage.ts'
import { firstOfEach, recordedSkills } from '../reports/recorded-skills.ts'
import { ReportedRows } from '../reports/reported-rows.ts'
import { sumOfCounts } from '../reports/row-counts.ts'

const COUNTS = [
  ...(['calls', 'completed', 'failed', 'rejected', 'abandoned'] as const),
  ...(['median_ms', 'duration_ms', 'slow_ms', 'failed_ms'] as const),
] as const
const RATE = ['completion_rate', 'completion_rate_low', 'completion_rate_high'] as const
const HOURS = ['calls_by_hour', 'failed_by_hour'] as const

/** Makes the function that replaces the workflow of a project, in one transaction. */
export function createSaveWorkflow(storage: SqliteRecordingStorage) {
  const { sqlite, findings } = storage
  const tables = tablesOf(sqlite)
  return (projectId: number, report: ParsedWorkflowReport, nowMs: number): FindingsReply =>
    storage.immediate(() => {
      const { phases, skills, transitions } = privateReport(report)
      const isRecorded = recordedSkills((skill) => findings.hasCalls(projectId, skill))
      const recorded = skills.filter(isRecorded)
      const scope = { project_id: projectId }
      tables.run.replace(scope, [report.run], nowMs)
      const counts = [
        tables.phases.replace(scope, phases, nowMs),
        tables.skills.replace(scope, recorded, nowMs),
        tables.transitions.replace(scope, transitions, nowMs),
      ]
      return { ...sumOfCounts(counts), skipped: report.skills.length - recorded.length }
    })
}

function tablesOf(sqlite: BetterSqlite3.Database) {
  return {
    run: new ReportedRows<ParsedWorkflowReport['run']>(sqlite, {
      table: 'workflow_run',
      storedAt: 'computed_at_ms',
      key: [],
      values: [
        ...(['since_ms', 'until_ms', 'time_zone', 'sessions', 'calls'] as const),
        ...(['calls_without_phase', 'rare_phases', 'left_out_phases'] as const),
      ],
    }),
    phases: new ReportedRows<Omit<WorkflowPhaseRow, 'project_id'>>(sqlite, {
      table: 'workflow_phase',
      key: ['workflow_phase'],
      values: ['sessions', ...COUNTS, ...RATE, 'p90_ms', ...HOURS],
    }),
    skills: new ReportedRows<WorkflowSkill>(sqlite, {
      table: 'workflow_phase_skill',
      key: ['workflow_phase', 'kind', 'skill_name'],
      values: COUNTS,
    }),
    transitions: new ReportedRows<WorkflowTransition>(sqlite, {
      table: 'workflow_transition',
      key: ['from_phase', 'to_phase'],
      values: ['count', 'sessions', 'from_count', 'median_gap_ms'],
    }),
  }
}

/** Without secrets in names (R10); of rows that are equal without them, the first is kept. */
function privateReport({ phases, skills, transitions }: ParsedWorkflowReport) {
  return {
    phases: firstOfEach(phases.map(toPhaseRow), ({ workflow_phase }) => [workflow_phase]),
    skills: firstOfEach(
      skills.map((each) => ({
        ...each,
        workflow_phase: redactShapes(each.workflow_phase),
        skill_name: redactShapes(each.skill_name),
      })),
      ({ workflow_phase, kind, skill_name }) => [workflow_phase, kind, skill_name],
    ),
    transitions: firstOfEach(
      transitions.map((each) => ({
        ...each,
        from_phase: redactShapes(each.from_phase),
        to_phase: redactShapes(each.to_phase),
      })),
      ({ from_phase, to_phase }) => [from_phase, to_phase],
    ),
  }
}

function toPhaseRow(phase: WorkflowPhase): Omit<WorkflowPhaseRow, 'project_id'> {
  const { completion_rate_interval, calls_by_hour, failed_by_hour, workflow_phase, ...values } = phase
  return {
    ...values,
    workflow_phase: redactShapes(workflow_phase),
    completion_rate_low: completion_rate_interval?.[0] ?? null,
    completion_rate_high: completion_rate_interval?.[1] ?? null,
    calls_by_hour: JSON.stringify(calls_by_hour),
    failed_by_hour: JSON.stringify(failed_by_hour),
  }
}
