import type { Selectable } from 'kysely'
import type { Prediction } from '../prediction.ts'
import type { Kind } from '../words.ts'
import type { WorkflowPhase, WorkflowRun, WorkflowSkill, WorkflowTransition } from '../workflow.ts'

/** Whether the outcome of a skill can be predicted, and the model of a run. */
export interface SkillPredictionTable {
  project_id: number
  kind: Kind
  skill_name: string
  calls: number
  completed: number
  verdict: Prediction['verdict']
  base_rate: number
  base_rate_low: number | null
  base_rate_high: number | null
  /** JSON, as are the next two. */
  lacks: string | null
  judgement: string | null
  model: string | null
}

/** The run that the predictions of a project are from. */
export interface SkillPredictionRunTable {
  project_id: number
  since_ms: number
  until_ms: number
  computed_at_ms: number
  time_zone: string
  left_out: number
}

/** The run that the workflow of a project is from. */
export interface WorkflowRunTable extends Omit<WorkflowRun, 'since' | 'until' | 'computed_at'> {
  project_id: number
  since_ms: number
  until_ms: number
  computed_at_ms: number
}

/** What happened in a phase. The hours are JSON. */
export interface WorkflowPhaseTable
  extends Omit<WorkflowPhase, 'completion_rate_interval' | 'calls_by_hour' | 'failed_by_hour'> {
  project_id: number
  completion_rate_low: number | null
  completion_rate_high: number | null
  calls_by_hour: string
  failed_by_hour: string
}

/** What a skill did in a phase. */
export interface WorkflowPhaseSkillTable extends WorkflowSkill {
  project_id: number
}

/** A phase after another one. */
export interface WorkflowTransitionTable extends WorkflowTransition {
  project_id: number
}

export type PredictionRow = Selectable<SkillPredictionTable>
export type PredictionRunRow = Selectable<SkillPredictionRunTable>
export type WorkflowRunRow = Selectable<WorkflowRunTable>
export type WorkflowPhaseRow = Selectable<WorkflowPhaseTable>
