import type { SkillSummary } from '@skillwatch/schema'
import { formatDuration } from '../tail/line.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/**
 * A share of the ended calls in percent, `-` when none ended. Only no call at all is 0%, and only all calls
 * are 100%.
 */
export function shareText(count: number, skill: SkillSummary): string {
  const ended = skill.completed_count + skill.failed_count + skill.rejected_count + skill.abandoned_count
  if (ended === 0) return '-'
  if (count === 0 || count === ended) return count === 0 ? '0%' : '100%'
  const percent = (100 * count) / ended
  if (percent < 0.1) return '<0.1%'
  return percent < 9.95 ? `${percent.toFixed(1)}%` : `${Math.min(99, Math.round(percent))}%`
}

/** A quantile of the execution time; without it that of the elapsed time, which is an upper bound. */
export function quantileText(quantile: 'p50_ms' | 'p95_ms', { execution, elapsed }: SkillSummary): string {
  const executionMs = execution[quantile]
  if (executionMs !== null) return formatDuration(executionMs)
  const elapsedMs = elapsed[quantile]
  return elapsedMs === null ? '-' : `≤ ${formatDuration(elapsedMs)}`
}

/** The age of an instant in its largest unit, rounded down. */
export function ageText(instant: string, nowMs: number): string {
  const ageMs = nowMs - Date.parse(instant)
  if (ageMs < MINUTE_MS) return '<1 min'
  if (ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)} min`
  return ageMs < DAY_MS ? `${Math.floor(ageMs / HOUR_MS)} h` : `${Math.floor(ageMs / DAY_MS)} d`
}
