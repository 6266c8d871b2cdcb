const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const WITHOUT_WIDTH = /\p{M}/u

/**
 * Text from outside, made safe for a terminal. Control characters (escape sequences begin with one),
 * invisible characters and those that change the writing direction become `�`, so that a name cannot move
 * the cursor or look like another name.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '�')
}

/** The width of a printable text in terminal columns. */
export function columns(text: string): number {
  let count = 0
  for (const character of text) count += WITHOUT_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return count
}

/** The text in exactly `width` columns: padded with spaces, or cut with an ellipsis. */
export function fit(text: string, width: number): string {
  const used = columns(text)
  if (used <= width) return text + ' '.repeat(width - used)
  let cut = ''
  for (const character of text) {
    if (columns(cut) + columns(character) > width - 1) break
    cut += character
  }
  return `${cut}…${' '.repeat(width - 1 - columns(cut))}`
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
