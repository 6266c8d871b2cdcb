import type { SkillSummary } from '@skillwatch/schema'
import type { Paint } from '../context.ts'
import { type Column, fitsWhole, fittingTable } from '../table.ts'
import { printable, wrap } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { ageText, type EstimateStyle, quantileText, shareText } from './cells.ts'
import { quantileNotes } from './quantile-notes.ts'

/** One row a tool, at most `width` columns wide, and notes on the durations. */
export function skillLines(
  skills: readonly SkillSummary[],
  nowMs: number,
  width: number,
  paint: Paint,
): string[] {
  const isAnyRunning = skills.some(({ running_count }) => running_count > 0)
  const columnsOf = (style: EstimateStyle) =>
    columnsAt(nowMs, style).filter((column) => column !== RUNNING || isAnyRunning)
  const style = fitsWhole(columnsOf('range'), skills, width) ? 'range' : 'mark'
  const { head, body } = fittingTable(columnsOf(style), skills, width)
  const notes = quantileNotes(skills, style).flatMap((note) => wrap(note, width, '  '))
  return [...head.map((line) => paint('bold', line)), ...body, ...(notes.length > 0 ? ['', ...notes] : [])]
}

const RUNNING = right(['RUNNING'], 8, (skill) => exactNumber(skill.running_count))

function columnsAt(nowMs: number, style: EstimateStyle): Column<SkillSummary>[] {
  return [
    { heading: ['TOOL'], rank: 0, align: 'left', cell: (skill) => printable(skill.skill_name) },
    right(['CALLS'], 1, (skill) => exactNumber(skill.invocation_count)),
    right(['24 H'], 7, (skill) => exactNumber(skill.invocation_count_24h)),
    right(['FAILURE', 'SHARE'], 4, (skill) => shareText(skill.failed_count, skill)),
    right(['REFUSAL', 'SHARE'], 9, (skill) => shareText(skill.rejected_count, skill)),
    RUNNING,
    right(['P50'], 6, (skill) => quantileText('p50', skill, style)),
    right(['P95'], 5, (skill) => quantileText('p95', skill, style)),
    right(['LAST', 'USED'], 2, (skill) => ageText(skill.last_invoked_at, nowMs)),
  ]
}

function right(
  heading: readonly string[],
  rank: number,
  cell: (skill: SkillSummary) => string,
): Column<SkillSummary> {
  return { heading, rank, align: 'right', cell }
}
