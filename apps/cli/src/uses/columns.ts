import { totalTokens } from '../sessions/tokens.ts'
import type { Column } from '../table.ts'
import { formatDuration } from '../tail/line.ts'
import { costText, exactNumber, isEstimated, shortNumber } from '../usage/numbers.ts'
import { shareText } from './shares.ts'
import type { Work } from './work.ts'

interface WorkColumn {
  readonly heading: readonly string[]
  cell(work: Work): string
}

const COLUMNS = {
  calls: { heading: ['CALLS'], cell: ({ calls }) => exactNumber(calls) },
  failed: { heading: ['FAILED'], cell: ({ failed_calls }) => exactNumber(failed_calls) },
  failureShare: { heading: ['FAILURE', 'SHARE'], cell: failureShare },
  refused: { heading: ['REFUSED'], cell: ({ rejected_calls }) => exactNumber(rejected_calls) },
  time: { heading: ['TIME'], cell: ({ work_ms }) => timeText(work_ms) },
  tokens: { heading: ['TOKENS'], cell: tokensText },
  cost: { heading: ['COST'], cell: costText },
} as const satisfies Record<string, WorkColumn>

/** Columns of work in the order in which they are named, each with its rank. */
export function workColumns<Row>(
  ranks: Partial<Record<keyof typeof COLUMNS, number>>,
  workOf: (row: Row) => Work,
): Column<Row>[] {
  return Object.entries(ranks).map(([name, rank]) => {
    const { heading, cell } = COLUMNS[name as keyof typeof COLUMNS]
    return { heading, rank, align: 'right', cell: (row) => cell(workOf(row)) }
  })
}

/** The failed ones of the calls, `-` of few calls. */
function failureShare({ calls, failed_calls }: Work): string {
  return shareText(failed_calls, calls)
}

/** A duration, `-` when nothing took time. */
export function timeText(ms: number): string {
  return ms === 0 ? '-' : formatDuration(ms)
}

/** Tokens of all four sorts, `-` when no response is known. */
export function tokensText(work: Work): string {
  return work.responses === 0 ? '-' : shortNumber(totalTokens(work))
}

/**
 * What is to be known of the costs of rows.
 * @param unpriced responses without a price
 */
export function costNotes(works: readonly Work[], unpriced: number): string[] {
  const notes = []
  if (works.some(({ cost_usd, cost_source }) => cost_usd !== null && isEstimated(cost_source)))
    notes.push('~ estimated from prices per token.')
  if (unpriced > 0)
    notes.push(`Responses without a price, which no cost includes: ${exactNumber(unpriced)}.`)
  return notes
}
