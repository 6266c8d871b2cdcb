import type { Prediction } from '@skillwatch/schema'
import { withNoun } from '../amounts.ts'
import type { Paint } from '../context.ts'
import { printable, table, wrap } from '../text.ts'
import { exactNumber, percentText } from '../usage/numbers.ts'
import { localMinute } from '../usage/time-zone.ts'

export interface PredictView {
  readonly phase: string | undefined
  readonly timeZone: string
  readonly width: number
}

type Judgement = NonNullable<Prediction['judgement']>

/** The probability, what it is from, and how the model did beside the base rate. */
export function predictionLines(answer: Prediction, view: PredictView, paint: Paint): string[] {
  const { judgement } = answer
  const paragraphs = [verdictText(answer), ...(judgement === null ? [] : [judgementText(judgement, view)])]
  return [
    ...wrap(headText(answer, view), view.width).map((line) => paint('bold', line)),
    ...paragraphs.flatMap((text) => wrap(text, view.width)),
    ...(judgement === null ? [] : ['', ...scoreLines(judgement, paint), '', ...binLines(judgement, paint)]),
    '',
    ...wrap(knownText(answer), view.width),
  ]
}

/** `pdf-fill in setup at 2026-11-28 09:00, Europe/Berlin: 92% (86% to 98%) to complete` */
function headText({ skill_name, kind, at, probability, interval }: Prediction, view: PredictView): string {
  const { phase, timeZone } = view
  const name = printable(kind === 'skill' ? skill_name : `${skill_name} (${kind})`)
  const where = phase === undefined ? '' : ` in ${printable(phase)}`
  const when = `${localMinute(at, timeZone)}, ${timeZone}`
  if (probability === null) return `${name}${where} at ${when}: no call of it has ended yet`
  return `${name}${where} at ${when}: ${percentText(probability, 1)}${rangeText(interval)} to complete`
}

function verdictText({ verdict, base_rate, base_rate_interval, lacks, run }: Prediction): string {
  const base = base_rate === null ? '' : ` of ${percentText(base_rate, 1)}${rangeText(base_rate_interval)}`
  if (verdict === 'better than the base rate')
    return `From a model, which was better than the base rate${base} on later calls of other sessions.`
  if (verdict === 'no better than the base rate')
    return `This is the base rate${base}: the model was no better than it on later calls of other sessions.`
  if (run === null) return 'This is the base rate: no model was computed yet.'
  if (lacks === null)
    return 'This is the base rate: the skill had no ended call in the window of the last run.'
  return (
    `This is the base rate. Not enough data for a model: ${exactNumber(lacks.have)} of ` +
    `${exactNumber(lacks.need)} ${lacks.unit} that are needed.`
  )
}

function judgementText(judgement: Judgement, { timeZone }: PredictView): string {
  const { judged_calls, judged_sessions, trained_calls, calibrated_calls, judged_from, judged_until } =
    judgement
  const { brier_skill, brier_skill_low, brier_skill_high, trained_until } = judgement
  const minute = (instant: string) => localMinute(instant, timeZone)
  const skill = [brier_skill, brier_skill_low, brier_skill_high].map((each) => each.toFixed(3))
  return (
    `Trained on ${withNoun(trained_calls, 'call', exactNumber)} and calibrated on ` +
    `${exactNumber(calibrated_calls)} until ${minute(trained_until)}; judged on ` +
    `${exactNumber(judged_calls)} of ${withNoun(judged_sessions, 'other session', exactNumber)} from ` +
    `${minute(judged_from)} to ${minute(judged_until)}. Brier skill ${skill[0]} (95%: ${skill[1]} to ` +
    `${skill[2]}); above 0 is better than the base rate.`
  )
}

function scoreLines(judgement: Judgement, paint: Paint): string[] {
  const { brier, base_brier, log_loss, base_log_loss, auc, calibration_error } = judgement
  const rows = [
    ['SCORE', 'MODEL', 'BASE RATE', 'BEST'],
    ['Brier', brier.toFixed(3), base_brier.toFixed(3), '0'],
    ['log loss', log_loss.toFixed(3), base_log_loss.toFixed(3), '0'],
    ['AUC', auc.toFixed(3), '0.500', '1'],
    ['calibration error', calibration_error.toFixed(3), '-', '0'],
  ]
  return withHead(rows, paint)
}

function binLines({ calibration }: Judgement, paint: Paint): string[] {
  const rows = calibration.map(({ from, to, calls, completed }) => [
    from === to ? percentText(from, 1) : `${percentText(from, 1)} to ${percentText(to, 1)}`,
    exactNumber(calls),
    percentText(completed, calls),
  ])
  return withHead([['PROBABILITY', 'CALLS', 'COMPLETED'], ...rows], paint)
}

function withHead(rows: readonly (readonly string[])[], paint: Paint): string[] {
  const [head, ...body] = table(rows)
  return [paint('bold', head!), ...body]
}

function knownText({ known }: Prediction): string {
  const { calls_24h, completed_24h, calls_7d, completed_7d, position, previous } = known
  const before =
    previous === null
      ? 'a new session'
      : `call ${position + 1} of the session, after ${printable(previous.skill_name)}`
  return (
    `Known before the call: ${exactNumber(completed_24h)} of ${withNoun(calls_24h, 'call', exactNumber)} ` +
    `completed in 24 hours, ${exactNumber(completed_7d)} of ${exactNumber(calls_7d)} in 7 days; ${before}.`
  )
}

function rangeText(interval: readonly [number, number] | null): string {
  return interval === null ? '' : ` (${percentText(interval[0], 1)} to ${percentText(interval[1], 1)})`
}
