import type { SkillSummary } from '@skillwatch/schema'
import { formatDuration } from '../tail/line.ts'
import { percentText } from '../usage/numbers.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A share of the ended calls in percent, `-` when none ended. */
export function shareText(count: number, skill: SkillSummary): string {
  const ended = skill.completed_count + skill.failed_count + skill.rejected_count + skill.abandoned_count
  return ended === 0 ? '-' : percentText(count, ended)
}

type Quantile = 'p50' | 'p95'

/** What is shown of an estimate: the range of the exact value, or only that it is one. */
export type EstimateStyle = 'range' | 'mark'

/**
 * A quantile of the execution time; without it that of the elapsed time, which is an upper bound after `≤`.
 * An estimate follows `≈`.
 */
export function quantileText(quantile: Quantile, skill: SkillSummary, style: EstimateStyle): string {
  const { valueMs, minMs, maxMs } = quantileOf(quantile, skill)
  if (valueMs === null) return '-'
  const atMost = isElapsed(skill) ? '≤ ' : ''
  if (minMs === maxMs) return atMost + formatDuration(valueMs)
  const range = style === 'range' ? ` (${rangeText(minMs!, maxMs!)})` : ''
  return `${atMost}≈ ${formatDuration(valueMs)}${range}`
}

/** Whether the execution time is not known of any call, so that the elapsed time is shown. */
export function isElapsed({ execution, elapsed }: SkillSummary): boolean {
  return execution.p50_ms === null && elapsed.p50_ms !== null
}

/**
 * How far the exact value can be from the estimate, as a share of the estimate; 0 when it is exact,
 * `undefined` without one.
 */
export function relativeError(quantile: Quantile, skill: SkillSummary): number | undefined {
  const { valueMs, minMs, maxMs } = quantileOf(quantile, skill)
  if (valueMs === null) return undefined
  return minMs === maxMs ? 0 : Math.max(valueMs - minMs!, maxMs! - valueMs) / valueMs
}

function quantileOf(quantile: Quantile, skill: SkillSummary) {
  const durations = isElapsed(skill) ? skill.elapsed : skill.execution
  return {
    valueMs: durations[`${quantile}_ms`],
    minMs: durations[`${quantile}_ms_min`],
    maxMs: durations[`${quantile}_ms_max`],
  }
}

/** `1–2 s`, `500 ms–1 s`: the unit once when it is the same. */
function rangeText(minMs: number, maxMs: number): string {
  const [min, max] = [shortDuration(minMs), shortDuration(maxMs)]
  const [[number, ...unit], [, ...maxUnit]] = [min.split(' '), max.split(' ')]
  const isOneUnit = unit.length === 1 && unit.join() === maxUnit.join()
  return `${isOneUnit ? number : min}–${max}`
}

/** Without zeros at the end: `2 s`, `5 m`. */
function shortDuration(ms: number): string {
  return formatDuration(ms)
    .replace('.0 s', ' s')
    .replace(/ 00 [ms]$/, '')
}

/** The age of an instant in its largest unit, rounded down. */
export function ageText(instant: string, nowMs: number): string {
  const ageMs = nowMs - Date.parse(instant)
  if (ageMs < MINUTE_MS) return '<1 min'
  if (ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)} min`
  return ageMs < DAY_MS ? `${Math.floor(ageMs / HOUR_MS)} h` : `${Math.floor(ageMs / DAY_MS)} d`
}
