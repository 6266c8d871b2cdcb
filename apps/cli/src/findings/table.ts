import type { Finding } from '@skillwatch/schema'
import type { Paint } from '../context.ts'
import { type Column, fittingTable } from '../table.ts'
import { printable } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { localMinute } from '../usage/time-zone.ts'
import { differenceText, type FindingsView, qValueText, valuesText } from './block.ts'

/** One line a finding. The column of ends is left out where all are open. */
export function findingTable(findings: readonly Finding[], view: FindingsView, paint: Paint): string[] {
  const { head, body } = fittingTable(columnsOf(findings, view), findings, view.width)
  return [...head.map((line) => paint('bold', line)), ...body]
}

function columnsOf(findings: readonly Finding[], { timeZone }: FindingsView): Column<Finding>[] {
  const minute = (instant: string | null) => (instant === null ? 'open' : localMinute(instant, timeZone))
  const ends = left('RESOLVED', 3, ({ resolved_at }) => minute(resolved_at))
  return [
    left('SKILL', 0, ({ skill_name }) => printable(skill_name)),
    left('KIND', 6, ({ kind }) => kind),
    left('OPENED', 4, ({ opened_at }) => minute(opened_at)),
    ...(findings.some(({ resolved_at }) => resolved_at !== null) ? [ends] : []),
    left('WHAT', 1, differenceText),
    { ...left('EXPECTED → OBSERVED', 2, valuesText), heading: ['EXPECTED', '→ OBSERVED'] },
    { ...left('CALLS', 5, ({ samples }) => exactNumber(samples.observed)), align: 'right' },
    { ...left('Q', 7, qValueText), align: 'right' },
  ]
}

function left(heading: string, rank: number, cell: (finding: Finding) => string): Column<Finding> {
  return { heading: [heading], rank, align: 'left', cell }
}
