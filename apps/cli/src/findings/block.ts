import type { AnomalyFinding } from '@skillwatch/analytics'
import type { Paint } from '../context.ts'
import { formatDuration } from '../tail/line.ts'
import { printable, wrap } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { localMinute } from '../usage/time-zone.ts'

/** How findings are shown. */
export interface FindingsView {
  readonly timeZone: string
  readonly width: number
}

const INDENT = '    '

/** How the values of a metric are shown, and the unit that is named once, after both. */
const VALUE_TEXTS: Readonly<Record<AnomalyFinding['metric'], readonly [(value: number) => string, string]>> =
  {
    completion_rate: [share, ''],
    duration: [formatDuration, ''],
    volume: [amount, ' calls'],
    pattern_shift: [share, ''],
    silence: [amount, ' calls'],
  }

/** A finding with its numbers and its sentence, in several lines. */
export function findingBlock(
  finding: AnomalyFinding,
  { timeZone, width }: FindingsView,
  paint: Paint,
): string[] {
  const { kind, skill_name, opened_at, explanation } = finding
  const title = `${kind} ${printable(skill_name)}: ${differenceText(finding)}`
  const when = `${localMinute(opened_at, timeZone)}, ${endText(finding, timeZone)}`
  const lines = [when, numbersText(finding), printable(explanation)]
  return [
    ...wrap(title, width, INDENT).map((line) => paint('bold', line)),
    ...lines.flatMap((line) => wrap(line, width - INDENT.length).map((part) => INDENT + part)),
  ]
}

/** What differs, and in which direction: `completion_rate drop`. */
export function differenceText({ metric, subtype }: AnomalyFinding): string {
  return metric === subtype ? metric : `${metric} ${subtype}`
}

/** What was expected and what was observed: `99.8% → 0%`. */
export function valuesText({ metric, baseline_value, observed_value }: AnomalyFinding): string {
  const [text, unit] = VALUE_TEXTS[metric]
  return `${text(baseline_value)} → ${text(observed_value)}${unit}`
}

export function qValueText({ q_value }: AnomalyFinding): string {
  return q_value === 0 ? '<1e-300' : q_value.toPrecision(2)
}

function endText({ resolved_at }: AnomalyFinding, timeZone: string): string {
  return resolved_at === null ? 'open' : `resolved ${localMinute(resolved_at, timeZone)}`
}

function numbersText(finding: AnomalyFinding): string {
  const { baseline, observed } = finding.samples
  const samples = `samples ${exactNumber(baseline)} → ${exactNumber(observed)}`
  return [valuesText(finding), samples, `q ${qValueText(finding)}`].join(', ')
}

function share(value: number): string {
  return `${Number((100 * value).toPrecision(3))}%`
}

function amount(value: number): string {
  return value < 100 ? String(Number(value.toPrecision(3))) : exactNumber(Math.round(value))
}
