import type { Refusal } from './first-error.ts'
import { parseWindow } from './parse-window.ts'
import { refuseEach } from './refuse-each.ts'
import type { WorkflowRunRow } from './tables/predictions.ts'
import type { WorkflowReport } from './workflow.ts'

/** A report of the workflow that passed every check. */
export interface ParsedWorkflowReport extends Pick<WorkflowReport, 'phases' | 'skills' | 'transitions'> {
  readonly type: 'workflow'
  readonly run: Omit<WorkflowRunRow, 'project_id' | 'computed_at_ms'>
}

/** Checks what the schema of a report cannot say. A report counts as a whole, so one refusal refuses it. */
export function parseWorkflowReport(
  report: WorkflowReport,
  nowMs: number,
): { report: ParsedWorkflowReport } | { refusals: Refusal[] } {
  const window = parseWindow(report, nowMs)
  if ('pointer' in window) return { refusals: [window] }
  const { phases, skills, transitions } = report
  const refusals = [
    ...refuseEach('phases', phases, ({ workflow_phase }) => workflow_phase),
    ...refuseEach('skills', skills, (each) => keyOf(each.workflow_phase, each.kind, each.skill_name)),
    ...refuseEach('transitions', transitions, ({ from_phase, to_phase }) => keyOf(from_phase, to_phase)),
  ]
  if (refusals.length > 0) return { refusals }
  const { time_zone, sessions, calls, calls_without_phase, rare_phases, left_out_phases } = report
  const counts = { sessions, calls, calls_without_phase, rare_phases, left_out_phases }
  return {
    report: { type: 'workflow', run: { ...window, time_zone, ...counts }, phases, skills, transitions },
  }
}

/** Kinds, names and phases never contain NUL. */
function keyOf(...parts: readonly string[]): string {
  return parts.join('\0')
}
