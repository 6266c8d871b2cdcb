import type {
  Kind,
  PredictionRow,
  PredictionRun,
  PredictionRunRow,
  ReportedPrediction,
} from '@skillwatch/schema'
import { sql } from 'kysely'
import { toPredictionRun, toReportedPrediction } from '../predictions/to-prediction-row.ts'
import type { Reader } from '../sqlite/open.ts'
import { all, first } from '../sqlite/statements.ts'
import type { SkillKey } from './skill-keys.ts'

/** The model of a skill, and how it was judged; undefined when no report has the skill. */
export function getPrediction(
  { sqlite, db }: Reader,
  projectId: number,
  { kind, skill_name }: SkillKey,
): ReportedPrediction | undefined {
  const statement = sql<PredictionRow>`select * from skill_prediction
    where project_id = ${projectId} and kind = ${kind} and skill_name = ${skill_name}`
  const row = first(sqlite, statement.compile(db))
  return row && toReportedPrediction(row)
}

/** The run that the predictions of a project are from; undefined before the first one. */
export function getPredictionRun({ sqlite, db }: Reader, projectId: number): PredictionRun | undefined {
  const statement = sql<PredictionRunRow>`select * from skill_prediction_run where project_id = ${projectId}`
  const row = first(sqlite, statement.compile(db))
  return row && toPredictionRun(row)
}

/** Ended calls, and those that completed. */
export interface EndedCount {
  readonly calls: number
  readonly completed: number
}

/** Ended calls of a skill that began from a full hour on. Reads one row for each hour. */
export function endedSince(
  { sqlite, db }: Reader,
  projectId: number,
  { kind, skill_name }: SkillKey,
  sinceMs: number,
): EndedCount {
  const statement = sql<EndedCount>`select
      coalesce(sum(invocation_count - running_count), 0) as calls,
      coalesce(sum(completed_count), 0) as completed
    from skill_time_series
    where project_id = ${projectId} and kind = ${kind} and skill_name = ${skill_name}
      and hour_at_ms >= ${sinceMs}`
  return first(sqlite, statement.compile(db))!
}

/** How many calls a session has, and when the first one began; undefined for an unknown session. */
export function sessionBegin(
  { sqlite, db }: Reader,
  projectId: number,
  sessionId: string,
): { readonly calls: number; readonly firstInvokedAtMs: number } | undefined {
  const statement = sql<{ calls: number; firstInvokedAtMs: number }>`select
      invocation_count as calls, first_invoked_at_ms as firstInvokedAtMs
    from session where project_id = ${projectId} and session_id = ${sessionId}`
  return first(sqlite, statement.compile(db))
}

/** Judged calls of the last run, and those of which the answer named the outcome that happened, by kind. */
export interface PredictionSuccess {
  readonly kind: Kind
  readonly judged: number
  readonly correct: number
}

export function predictionSuccess({ sqlite, db }: Reader, projectId: number): PredictionSuccess[] {
  const statement = sql<PredictionSuccess>`select kind, sum(judgement ->> 'judged_calls') as judged,
      sum(judgement ->> 'correct_calls') as correct
    from skill_prediction where project_id = ${projectId} and judgement is not null group by kind`
  return all(sqlite, statement.compile(db))
}
