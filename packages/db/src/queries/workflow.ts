import {
  formatInstant,
  type WorkflowPhase,
  type WorkflowPhaseRow,
  type WorkflowRun,
  type WorkflowRunRow,
  type WorkflowSkill,
  type WorkflowTransition,
} from '@skillwatch/schema'
import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../sqlite/open.ts'
import { all, first } from '../sqlite/statements.ts'

/** What a report has of the phases of a project. */
export interface StoredWorkflow {
  readonly run: WorkflowRun | null
  readonly phases: WorkflowPhase[]
  readonly skills: WorkflowSkill[]
  readonly transitions: WorkflowTransition[]
}

/**
 * The stored workflow: phases and skills by calls, transitions by how often they happened. A report has at
 * most 50 phases and 200 skills of each.
 * @param phase only this one, and the transitions from and to it
 */
export function getWorkflow(reader: Reader, projectId: number, phase: string | undefined): StoredWorkflow {
  const read = <Row>(statement: RawBuilder<Row>) => all(reader.sqlite, statement.compile(reader.db))
  const ofPhase = phase === undefined ? sql`` : sql`and workflow_phase = ${phase}`
  const around = phase === undefined ? sql`` : sql`and (from_phase = ${phase} or to_phase = ${phase})`
  const run = first(
    reader.sqlite,
    sql<WorkflowRunRow>`select * from workflow_run where project_id = ${projectId}`.compile(reader.db),
  )
  return {
    run: run === undefined ? null : toRun(run),
    phases: read(
      sql<WorkflowPhaseRow>`select * from workflow_phase where project_id = ${projectId} ${ofPhase}
        order by calls desc, workflow_phase`,
    ).map(toPhase),
    skills: read(
      sql<WorkflowSkill & { project_id: number }>`select * from workflow_phase_skill
        where project_id = ${projectId} ${ofPhase} order by calls desc, workflow_phase, kind, skill_name`,
    ).map(({ project_id: _, ...skill }) => skill),
    transitions: read(
      sql<WorkflowTransition & { project_id: number }>`select * from workflow_transition
        where project_id = ${projectId} ${around} order by count desc, from_phase, to_phase`,
    ).map(({ project_id: _, ...transition }) => transition),
  }
}

function toRun({
  project_id: _,
  since_ms,
  until_ms,
  computed_at_ms,
  ...counts
}: WorkflowRunRow): WorkflowRun {
  return {
    since: formatInstant(since_ms),
    until: formatInstant(until_ms),
    computed_at: formatInstant(computed_at_ms),
    ...counts,
  }
}

function toPhase({
  project_id: _,
  completion_rate_low,
  completion_rate_high,
  ...row
}: WorkflowPhaseRow): WorkflowPhase {
  return {
    ...row,
    completion_rate_interval:
      completion_rate_low === null || completion_rate_high === null
        ? null
        : [completion_rate_low, completion_rate_high],
    calls_by_hour: JSON.parse(row.calls_by_hour) as number[],
    failed_by_hour: JSON.parse(row.failed_by_hour) as number[],
  }
}
