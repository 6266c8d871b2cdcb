import { stripVTControlCharacters } from 'node:util'

/** Spaces and a word; a command in backticks is one word, so that it can be copied whole. */
const WORDS = / *(?:[^ `]*`[^`]*`[^ `]*|[^ ]+)/g

/**
 * A text in lines of at most `width` columns, broken at spaces. A word that is wider is left to the terminal.
 * It loads no package, unlike `wrap` of `text.ts`: the help and each error pass here.
 */
export function noteLines(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => broken(line, width))
}

function broken(line: string, width: number): string[] {
  const lines: string[] = []
  let current = ''
  for (const word of line.match(WORDS) ?? []) {
    if (current !== '' && stripVTControlCharacters(current + word).length > width) {
      lines.push(current)
      current = word.trimStart()
    } else current += word
  }
  return [...lines, current]
}
