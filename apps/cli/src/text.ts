import { columns, truncated, wrapped } from './text-width.ts'

export { columns }

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu
/**
 * Text from outside, made safe for a terminal. Control characters (escape sequences begin with one),
 * invisible characters and those that change the writing direction become `�`, so that a name cannot move
 * the cursor or look like another name.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '�')
}

/** The text in at most `width` columns, cut with an ellipsis where it has more. It may have colours. */
export function cut(text: string, width: number): string {
  if (columns(text) <= width) return text
  // cli-truncate measures some clusters of characters narrower than they are.
  for (let room = width; room > 1; room--) {
    const shown = truncated(text, room)
    if (columns(shown) <= width) return shown
  }
  return truncated(text, Math.min(width, 1))
}

/** The text in at least `width` columns, padded with spaces. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)))
}

/** The text in exactly `width` columns: padded with spaces, or cut with an ellipsis. */
export function fit(text: string, width: number): string {
  return pad(cut(text, width), width)
}

/**
 * The text in lines of at most `width` columns, broken at spaces; those after the first begin with `indent`.
 */
export function wrap(text: string, width: number, indent = ''): string[] {
  if (columns(text) <= width) return [text]
  const lines = wrapped(text, Math.max(1, width - indent.length)).split('\n')
  return lines.map((line, index) => (index === 0 ? line : indent + line))
}

/**
 * Items with commas between them, in as many lines as they take. Only an item wider than `width` exceeds it.
 */
export function wrapItems(items: readonly string[], width: number): string[] {
  const lines: string[] = []
  items.forEach((item, index) => {
    const text = index === items.length - 1 ? item : `${item},`
    const line = lines.at(-1)
    if (line !== undefined && columns(line) + 1 + columns(text) <= width)
      lines.splice(-1, 1, `${line} ${text}`)
    else lines.push(text)
  })
  return lines
}

/** The lines of a table. Each column but the last is padded to its widest cell. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => columns(row[column] ?? ''))),
  )
  return rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : fit(cell, widths[column]!))).join('  '),
  )
}
