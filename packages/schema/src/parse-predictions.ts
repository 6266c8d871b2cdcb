import type { Refusal } from './first-error.ts'
import { parseWindow, refuseRepeats } from './parse-window.ts'
import type { PredictionReport, ReportedPrediction } from './prediction.ts'
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
  const refusals = [
    ...refuseRepeats('predictions', predictions, ({ kind, skill_name }) => [kind, skill_name]),
    ...predictions.flatMap((each, index) => {
      const refusal = refuse(each)
      return refusal === undefined ? [] : { ...refusal, pointer: `/predictions/${index}${refusal.pointer}` }
    }),
  ]
  if (refusals.length > 0) return { refusals }
  return { report: { type: 'prediction', run: { ...window, time_zone, left_out }, predictions } }
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
