import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const PRINTABLE_ASCII = /^[ -~]*$/

/**
 * The width of a printable text in terminal columns; colours take none. Only a text with other characters
 * than ASCII needs a library, which takes longer to load than most commands take for their output.
 */
export function columns(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length
  const { default: stringWidth } = require('string-width') as typeof import('string-width')
  return stringWidth(text)
}

/** The text in at most `width` columns, cut with an ellipsis. */
export function truncated(text: string, width: number): string {
  const { default: cliTruncate } = require('cli-truncate') as typeof import('cli-truncate')
  return cliTruncate(text, width)
}

/** The text in lines of at most `width` columns, broken at spaces, or inside words that are longer. */
export function wrapped(text: string, width: number): string {
  const { default: wrapAnsi } = require('wrap-ansi') as typeof import('wrap-ansi')
  return wrapAnsi(text, width, { hard: true })
}
