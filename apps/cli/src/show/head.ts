import type { UsageSums } from '@skillwatch/schema'
import { OUTCOMES } from '@skillwatch/schema/vocabulary'
import type { Paint } from '../context.ts'
import { lastedMs } from '../sessions/table.ts'
import { formatDuration, MARKS } from '../tail/line.ts'
import { printable } from '../text.ts'
import { costText, exactNumber, isEstimated, shortNumber } from '../usage/numbers.ts'
import { type Entry, labelledLines } from './labelled.ts'
import type { SessionDetail } from './read.ts'
import { zonedTime } from './times.ts'

const SKILLS_MAX = 5
const LABEL_WIDTH = 11

/** A session in numbers, in lines of at most `width` columns. */
export function headLines(
  session: SessionDetail,
  { width, timeZone }: { readonly width: number; readonly timeZone: string },
  paint: Paint,
): string[] {
  const entries: Entry[] = [
    ['Session', [printable(session.session_id)]],
    ['Time', [timeText(session, timeZone)]],
    ['Calls', callItems(session)],
    ['Tokens', tokenItems(session.usage)],
    ['Cost', costItems(session.usage)],
    ['Most used', skillItems(session)],
  ]
  return labelledLines(entries, { labelWidth: LABEL_WIDTH, width }, paint)
}

function timeText(session: SessionDetail, timeZone: string): string {
  const [first, last] = [session.first_invoked_at, session.last_active_at].map((at) =>
    zonedTime(at, timeZone),
  )
  return `${first} to ${last} (${formatDuration(lastedMs(session))})`
}

function callItems(session: SessionDetail): string[] {
  const outcomes = OUTCOMES.map((outcome) => ({ outcome, count: session[`${outcome}_count`] }))
  return outcomes
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${MARKS[outcome].mark} ${exactNumber(count)} ${outcome}`)
}

function tokenItems(usage: UsageSums): string[] {
  if (usage.responses === 0) return ['-']
  return [
    `${shortNumber(usage.input_tokens)} input`,
    `${shortNumber(usage.output_tokens)} output`,
    `${shortNumber(usage.cache_creation_tokens)} cache write`,
    `${shortNumber(usage.cache_read_tokens)} cache read`,
  ]
}

function costItems(usage: UsageSums): string[] {
  const isAnyEstimated = usage.cost_usd !== null && isEstimated(usage.cost_source)
  return [
    costText(usage),
    ...(isAnyEstimated ? ['estimated from prices per token'] : []),
    ...(usage.unpriced_responses > 0
      ? [`responses without a price: ${exactNumber(usage.unpriced_responses)}`]
      : []),
  ]
}

function skillItems({ skills }: SessionDetail): string[] {
  if (skills.length === 0) return ['-']
  return skills
    .slice(0, SKILLS_MAX)
    .map(({ kind, skill_name, invocation_count }) => `${kind} ${printable(skill_name)} ×${invocation_count}`)
}
