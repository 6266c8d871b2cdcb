import { MARKS } from '../tail/line.ts'
import { columns } from '../text.ts'
import { costText, exactNumber } from '../usage/numbers.ts'
import { tokensText } from '../uses/columns.ts'
import type { Work } from '../uses/work.ts'
import type { Part } from './parts.ts'

/** Columns of what turns and uses caused, at the end of their lines. */
export interface WorkColumns {
  /** With the gaps between the columns. */
  readonly width: number
  readonly heading: string
  partsOf(work: Work): Part[]
}

interface Column {
  readonly heading: string
  /** When there is too little width, the column with the highest rank is left out first. */
  readonly rank: number
  textOf(work: Work): string
  formatOf?(work: Work): Part['format']
}

const COLUMNS: readonly Column[] = [
  { heading: 'CALLS', rank: 2, textOf: ({ calls }) => exactNumber(calls) },
  {
    heading: MARKS.failed.mark,
    rank: 3,
    textOf: ({ failed_calls }) => exactNumber(failed_calls),
    formatOf: ({ failed_calls }) => (failed_calls > 0 ? 'red' : undefined),
  },
  { heading: 'TOKENS', rank: 4, textOf: tokensText },
  { heading: 'COST', rank: 1, textOf: costText },
]
const GAP = '  '

/** As many columns as fit into `room`; undefined when there is no work, or no column fits. */
export function workColumnsWithin(room: number, works: readonly Work[]): WorkColumns | undefined {
  if (works.length === 0) return undefined
  const ranks = COLUMNS.map(({ rank }) => rank).sort((a, b) => b - a)
  return ranks
    .map((highest) =>
      aligned(
        COLUMNS.filter(({ rank }) => rank <= highest),
        works,
      ),
    )
    .find(({ width }) => width <= room)
}

function aligned(shown: readonly Column[], works: readonly Work[]): WorkColumns {
  const widths = shown.map(({ heading, textOf }) =>
    works.reduce((widest, work) => Math.max(widest, columns(textOf(work))), columns(heading)),
  )
  const line = (texts: readonly string[]) => texts.map((text, index) => text.padStart(widths[index]!))
  return {
    width: widths.reduce((sum, width) => sum + width, GAP.length * (shown.length - 1)),
    heading: line(shown.map(({ heading }) => heading)).join(GAP),
    partsOf: (work) =>
      line(shown.map(({ textOf }) => textOf(work))).map((text, index) => {
        const format = shown[index]!.formatOf?.(work)
        return { text: index === 0 ? text : GAP + text, ...(format && { format }) }
      }),
  }
}
