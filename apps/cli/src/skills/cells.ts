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
