import { withNoun } from '../amounts.ts'
import type { Entry } from '../show/labelled.ts'
import { formatDuration } from '../tail/line.ts'
import { costText, exactNumber, shortNumber } from '../usage/numbers.ts'
import { countAndShare } from '../uses/shares.ts'
import { barsText, type UseBars } from './bars.ts'
import type { Median, Share, UseFacts } from './facts.ts'

/** What single uses say, as labels with texts. */
export function factEntries(facts: UseFacts): Entry[] {
  const { interrupted, failing, usedAgain, unsettled } = facts
  const next = `${ofUses(usedAgain)} that ${usedAgain.of === 1 ? 'has' : 'have'} a next turn`
  return [
    ['Interrupted', [ofUses(interrupted)]],
    ['With failures', [ofUses(failing)]],
    ...entryIf(usedAgain.of > 0, 'Used again', [next]),
    ...entryIf(unsettled > 0, 'Not over', [`${amount(unsettled, 'use')}; what they caused may grow`]),
    ...workEntries(facts),
  ]
}

/** Uses by period as bars, and beneath them the first and the last period. */
export function barEntries(bars: UseBars): Entry[] {
  const { unit, periods } = bars
  const most = periods.reduce((max, { uses }) => Math.max(max, uses), 0)
  const names = `${periods[0]?.name} to ${periods.at(-1)?.name}`
  const legend = `${unit === 'week' ? `weeks of ${names}` : names}: at most ${amount(most, 'use')} a ${unit}`
  return [
    [`By ${unit}`, [barsText(bars)]],
    ['', [legend]],
  ]
}

/** `1 use`, `2 uses`. */
export function amount(count: number, noun: string): string {
  return withNoun(count, noun, exactNumber)
}

function entryIf(isKnown: boolean, label: string, items: readonly string[]): Entry[] {
  return isKnown ? [[label, items]] : []
}

/** `3 of 12 uses (25%)`. */
function ofUses({ count, of }: Share): string {
  const [counted, share] = countAndShare(count, of).split(' ')
  return `${counted} of ${amount(of, 'use')}${share ? ` ${share}` : ''}`
}

/** The only use that is over, or the medians and the longest of several. */
function workEntries({ calls, workMs, tokens, costUsd, ...facts }: UseFacts): Entry[] {
  if (calls === undefined) return []
  const isOne = calls.of === 1
  const work = [
    amount(calls.value, 'call'),
    ...(workMs && workMs.value > 0 ? [formatDuration(workMs.value)] : []),
    ...(tokens ? [`${shortNumber(tokens.value)} tokens`] : []),
    ...(costUsd ? [medianCost(costUsd, facts.isCostEstimated)] : []),
  ]
  const fewer = tokens !== undefined && tokens.of < calls.of ? ` (tokens of ${exactNumber(tokens.of)})` : ''
  const of = `of ${amount(calls.of, 'use')} that are over${fewer}`
  return [
    [isOne ? 'One use' : 'Median use', isOne ? work : [...work, of]],
    ...entryIf(!isOne && facts.longestMs! > 0, 'Longest use', [formatDuration(facts.longestMs!)]),
  ]
}

function medianCost({ value }: Median, isEstimated: boolean): string {
  return costText({ cost_usd: value, cost_source: isEstimated ? 'estimated' : 'reported' })
}
