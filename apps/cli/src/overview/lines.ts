import type { Overview, UseSummary } from '@skillwatch/schema'
import { withKind, withNoun } from '../amounts.ts'
import type { Paint } from '../context.ts'
import { formatDuration } from '../tail/line.ts'
import { columns, fit, printable, wrap } from '../text.ts'
import { costText, shortNumber } from '../usage/numbers.ts'
import { withNested } from '../uses/work.ts'

const SKILLS_MAX = 5

/** At most so many columns of a line are names; numbers come after them. */
const NAME_WIDTH_MAX = 40

/**
 * What was recorded, in about ten lines that are at most `width` columns wide.
 * @param uses the sums of the uses of the skills that are shown, in the same window
 */
export function overviewLines(
  overview: Overview,
  uses: readonly UseSummary[],
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string[] {
  const { kinds, session_count } = overview
  const skills = shownSkills(overview)
  const calls = kinds.reduce((sum, { invocation_count }) => sum + invocation_count, 0)
  const lines = [
    paint('bold', `Since ${overview.since.slice(0, 16).replace('T', ' ')} UTC`),
    `${amount(session_count, 'session')}, ${amount(calls, 'call')}: ${kinds.map(kindText).join(', ')}`,
    `${failureText(kinds)}`,
    usageText(overview.usage),
  ]
  if (skills.length > 0) lines.push('', paint('bold', 'Most used skills, commands and agents'))
  lines.push(...skillLines(skills, uses))
  return lines.flatMap((line) => wrap(line, width, '  '))
}

/** The skills, commands and agents that are shown. */
export function shownSkills({ skills }: Overview): Overview['skills'] {
  return skills.slice(0, SKILLS_MAX)
}

function kindText({ kind, invocation_count }: Overview['kinds'][number]): string {
  return withKind(invocation_count, kind, shortNumber)
}

function failureText(kinds: Overview['kinds']): string {
  const sum = (column: 'running_count' | 'failed_count' | 'rejected_count') =>
    kinds.reduce((total, counts) => total + counts[column], 0)
  return (
    `${shortNumber(sum('failed_count'))} failed, ${shortNumber(sum('rejected_count'))} refused, ` +
    `${shortNumber(sum('running_count'))} still running`
  )
}

function usageText(usage: Overview['usage']): string {
  const tokens =
    usage.input_tokens + usage.output_tokens + usage.cache_read_tokens + usage.cache_creation_tokens
  const cost = usage.cost_usd === null ? 'no known cost' : `cost ${costText(usage)}`
  return `${amount(usage.responses, 'response')} of models, ${amount(tokens, 'token')}, ${cost}`
}

function skillLines(skills: Overview['skills'], uses: readonly UseSummary[]): string[] {
  const names = skills.map(({ skill_name }) => printable(skill_name))
  const width = Math.min(NAME_WIDTH_MAX, Math.max(0, ...names.map(columns)))
  return skills.map((skill, index) => {
    const used = uses.find(({ kind, skill_name }) => kind === skill.kind && skill_name === skill.skill_name)
    const text = used === undefined ? callsText(skill) : usesText(used)
    return `  ${fit(names[index]!, width)}  ${fit(skill.kind, 7)}  ${text}`
  })
}

/** Uses and what they caused, with the uses nested in them. */
function usesText(sums: UseSummary): string {
  const work = withNested(sums)
  const failed = work.failed_calls > 0 ? ` (${shortNumber(work.failed_calls)} failed)` : ''
  return [
    amount(sums.uses, 'use'),
    `${amount(work.calls, 'call')}${failed}`,
    ...(work.work_ms > 0 ? [formatDuration(work.work_ms)] : []),
    ...(work.cost_usd === null ? [] : [costText(work)]),
  ].join(', ')
}

/** The calls of a skill whose uses were not derived yet. */
function callsText({ invocation_count, failed_count }: Overview['skills'][number]): string {
  const failed = failed_count > 0 ? `, ${shortNumber(failed_count)} failed` : ''
  return `${amount(invocation_count, 'call')}${failed}`
}

function amount(count: number, noun: string): string {
  return withNoun(count, noun, shortNumber)
}
