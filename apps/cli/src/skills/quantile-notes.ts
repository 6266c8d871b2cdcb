import type { SkillSummary } from '@skillwatch/schema'
import { type EstimateStyle, isElapsed, relativeError } from './cells.ts'

/** What the headings and marks of quantiles mean, of those that are shown. */
export function quantileNotes(skills: readonly SkillSummary[], style: EstimateStyle): string[] {
  const errors = skills.flatMap((skill) => [relativeError('p50', skill), relativeError('p95', skill)])
  const known = errors.filter((error) => error !== undefined)
  const widest = known.reduce((max, error) => Math.max(max, error), 0)
  return [
    ...(known.length > 0 ? ['P50 and P95: 50% and 95% of the calls took at most this long.'] : []),
    ...(widest > 0 ? [errorNote(widest, style)] : []),
    ...(skills.some(isElapsed)
      ? ['≤ elapsed time, waiting included; the execution time is at most this.']
      : []),
  ]
}

function errorNote(widest: number, style: EstimateStyle): string {
  if (style === 'range') return '≈ estimated; the exact value lies in the range after it.'
  return `≈ estimated; the exact value differs from it by at most ${Math.ceil(100 * widest)}%.`
}
