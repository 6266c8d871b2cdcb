import type { SkillSummary } from '@skillwatch/schema'
import type { Paint } from '../context.ts'
import { type Column, fittingTable } from '../table.ts'
import { printable } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { ageText, quantileText, shareText } from './cells.ts'

/** One row a skill, at most `width` columns wide. */
export function skillLines(
  skills: readonly SkillSummary[],
  nowMs: number,
  width: number,
  paint: Paint,
): string[] {
  const isAnyRunning = skills.some(({ running_count }) => running_count > 0)
  const columns = columnsAt(nowMs).filter((column) => column !== RUNNING || isAnyRunning)
  const { head, body } = fittingTable(columns, skills, width)
  return [...head.map((line) => paint('bold', line)), ...body]
}

const RUNNING = right(['RUNNING'], 8, (skill) => exactNumber(skill.running_count))

function columnsAt(nowMs: number): Column<SkillSummary>[] {
  return [
    { heading: ['SKILL'], rank: 0, align: 'left', cell: (skill) => printable(skill.skill_name) },
    { heading: ['KIND'], rank: 3, align: 'left', cell: (skill) => skill.kind },
    right(['CALLS'], 1, (skill) => exactNumber(skill.invocation_count)),
    right(['24 H'], 7, (skill) => exactNumber(skill.invocation_count_24h)),
    right(['FAILED'], 4, (skill) => shareText(skill.failed_count, skill)),
    right(['REFUSED'], 9, (skill) => shareText(skill.rejected_count, skill)),
    RUNNING,
    right(['P50'], 6, (skill) => quantileText('p50_ms', skill)),
    right(['P95'], 5, (skill) => quantileText('p95_ms', skill)),
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
