import type { UsageSums } from '@skillwatch/schema'
import { withNoun } from '../amounts.ts'
import { costText, exactNumber, shortNumber } from '../usage/numbers.ts'
import { percentText, pointsText, ratioText } from './numbers.ts'
import type { ComparedSkill, Comparison, Counts, Measure, Report } from './report.ts'

/** One change in words. */
export interface ChangeText {
  readonly label: string
  readonly tone: 'good' | 'bad' | 'neutral'
  /** A skill, or what is counted in total. */
  readonly subject: ComparedSkill | string
  readonly text: string
}

type CostSources = Readonly<Record<'now' | 'before', UsageSums['cost_source']>>

export const MEASURES: Readonly<Record<Measure, string>> = {
  sessions: 'Sessions',
  turns: 'Turns',
  uses: 'Uses',
  calls: 'Calls',
  failed_share: 'Failure share',
  tokens: 'Tokens',
  cost_usd: 'Cost',
}

export function changeTexts({ changes, totals, totals_before }: Report): ChangeText[] {
  const sources = { now: totals.cost_source, before: totals_before?.cost_source ?? 'none' }
  return changes.map((change) => ({
    ...labelOf(change),
    subject: change.skill ?? (change.measure === 'failed_share' ? 'All calls' : MEASURES[change.measure]),
    text: change.measure === 'failed_share' ? failuresText(change) : amountText(change, sources),
  }))
}

function labelOf({ verdict, measure }: Comparison): Pick<ChangeText, 'label' | 'tone'> {
  if (verdict === 'new' || verdict === 'gone') return { label: verdict, tone: 'neutral' }
  const isMore = verdict === 'up'
  if (measure === 'failed_share')
    return { label: isMore ? 'fails more' : 'fails less', tone: isMore ? 'bad' : 'good' }
  return { label: isMore ? 'more' : 'less', tone: 'neutral' }
}

function amountText(change: Comparison, sources: CostSources): string {
  const { verdict, now, before, measure, skill, sessions, ratio } = change
  const text = (value: number, source: keyof CostSources) =>
    measure === 'cost_usd'
      ? costText({ cost_usd: value, cost_source: sources[source] })
      : (measure === 'tokens' ? shortNumber : exactNumber)(value)
  const uses = skill === null ? text(now, 'now') : usesText(now, sessions)
  if (verdict === 'new') return `first used in this period, ${uses}`
  if (verdict === 'gone') return `not used any more, ${withNoun(before, 'use', exactNumber)} before`
  const factor = ratio === null ? '' : ` (${ratioText(ratio)})`
  return `${uses}, ${text(before, 'before')} before${factor}`
}

function usesText(uses: number, sessions: number | null): string {
  const where = sessions === null ? '' : ` in ${withNoun(sessions, 'session', exactNumber)}`
  return `${withNoun(uses, 'use', exactNumber)}${where}`
}

function failuresText({ counts, interval }: Comparison): string {
  const { now, before } = counts!
  const [from, to] = interval!.map(pointsText)
  return (
    `${shareText(now)} of calls failed (${ofText(now)}), ${shareText(before)} before (${ofText(before)}); ` +
    `95% interval ${from} to ${to} points`
  )
}

function shareText({ failed, calls }: Counts): string {
  return percentText(calls === 0 ? 0 : failed / calls)
}

function ofText({ failed, calls }: Counts): string {
  return `${exactNumber(failed)} of ${exactNumber(calls)}`
}
