import type { Paint } from '../context.ts'
import { cut } from '../text.ts'

/** A piece of a line with its style. */
export interface Part {
  readonly text: string
  readonly format?: Parameters<Paint>[0]
}

/** Parts as one line of at most `width` columns; what exceeds it is cut with an ellipsis. */
export function lineOf(parts: readonly Part[], width: number, paint: Paint): string {
  const line = withoutEnd(parts).map(({ text, format }) =>
    format === undefined ? text : paint(format, text),
  )
  return cut(line.join(''), width)
}

/** Without spaces at the end of the line. */
function withoutEnd(parts: readonly Part[]): Part[] {
  const last = parts.findLastIndex(({ text }) => text.trimEnd() !== '')
  return parts
    .slice(0, last + 1)
    .map((part, index) => (index === last ? { ...part, text: part.text.trimEnd() } : part))
}
