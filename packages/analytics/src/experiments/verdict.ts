import type { ExperimentAnalysis, MetricComparison } from '@skillwatch/schema'
import { ALPHA } from './compare-means.ts'

/** The verdict by the primary metric, and why. A sample-ratio mismatch is stronger than any p-value. */
export function verdictOf(
  metrics: readonly MetricComparison[],
  needed: number,
  isMismatch: boolean,
): Pick<ExperimentAnalysis, 'verdict' | 'reason'> {
  if (isMismatch) return { verdict: 'do_not_trust', reason: MISMATCH }
  const primary = metrics.find((each) => each.primary)!
  const { metric, better, p, control, treatment } = primary
  if (p === null) {
    const have = `${control.users} in control and ${treatment.users} in treatment`
    return {
      verdict: 'not_enough_data',
      reason: `Each group needs ${needed} users with a value of ${metric}; there are ${have}.`,
    }
  }
  if (better === null) {
    const shown = `No difference of ${metric} is shown (p = ${digits(p)}).`
    return { verdict: 'no_difference_shown', reason: `${shown} That does not show that there is none.` }
  }
  return { verdict: better, reason: winnerText(primary, better) + drawbacksText(metrics, better) }
}

const MISMATCH =
  'The sizes of the groups differ from the configured ratio more than by chance: users are missing from one ' +
  'group. Find out why before you compare anything.'

function winnerText({ metric, p, control, treatment }: MetricComparison, better: string): string {
  const means = `${digits(treatment.mean!)} in treatment, ${digits(control.mean!)} in control`
  return `The ${better} strategy is better by ${metric}: ${means} (p = ${digits(p!)}, at most ${ALPHA}).`
}

/** What the better strategy is worse in, as that may decide otherwise. */
function drawbacksText(metrics: readonly MetricComparison[], better: string): string {
  const worse = metrics.filter((each) => each.better !== null && each.better !== better)
  return worse.length === 0 ? '' : ` It is worse by ${worse.map(({ metric }) => metric).join(' and ')}.`
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)))
}
