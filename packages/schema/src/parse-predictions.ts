import type { Refusal } from './first-error.ts'
import { parseWindow } from './parse-window.ts'
import type { PredictionReport, ReportedPrediction } from './prediction.ts'
import { refuseEach } from './refuse-each.ts'
import type { PredictionRunRow } from './tables/predictions.ts'

/** A report of predictions that passed every check. */
export interface ParsedPredictionReport {
  readonly type: 'prediction'
  readonly run: Omit<PredictionRunRow, 'project_id' | 'computed_at_ms'>
  readonly predictions: readonly ReportedPrediction[]
}

/** Checks what the schema of a report cannot say. A report counts as a whole, so one refusal refuses it. */
export function parsePredictionReport(
  report: PredictionReport,
  nowMs: number,
): { report: ParsedPredictionReport } | { refusals: Refusal[] } {
  const window = parseWindow(report, nowMs)
  if ('pointer' in window) return { refusals: [window] }
  const { predictions, time_zone, left_out } = report
  const refusals = refuseEach('predictions', predictions, skillKey, refuse)
  if (refusals.length > 0) return { refusals }
  return { report: { type: 'prediction', run: { ...window, time_zone, left_out }, predictions } }
}

/** Kinds and names never contain NUL. */
function skillKey({ kind, skill_name }: ReportedPrediction): string {
  return `${kind}\0${skill_name}`
}

/** A judgement belongs to a model, and the coefficients of a model to what it knows. */
function refuse({ verdict, calls, completed, judgement, model }: ReportedPrediction): Refusal | undefined {
  if (completed > calls) return { pointer: '/completed', reason: 'is above calls' }
  const isJudged = verdict !== 'not enough data'
  if (isJudged !== (judgement !== null)) return { pointer: '/judgement', reason: 'does not fit the verdict' }
  if (isJudged !== (model !== null)) return { pointer: '/model', reason: 'does not fit the verdict' }
  if (model === null) return undefined
  const { means, deviations, levels, coefficients } = model
  const fits = means.length === deviations.length && coefficients.length === means.length + levels.length
  return fits
    ? undefined
    : { pointer: '/model/coefficients', reason: 'are not as many as numbers and levels' }
}
