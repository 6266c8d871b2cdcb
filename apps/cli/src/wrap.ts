import { columns, fit } from './text.ts'

/** Items with commas between them, in as many lines as they take. */
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

/** Breaks a line at spaces; a continued line is indented. A word that is too long is cut. */
export function wrapLine(line: string, width: number): string[] {
  if (columns(line) <= width) return [line]
  const at = line.lastIndexOf(' ', width)
  if (line.slice(0, Math.max(0, at)).trim() === '') return [fit(line, width)]
  return [line.slice(0, at), ...wrapLine(`  ${line.slice(at + 1)}`, width)]
}
