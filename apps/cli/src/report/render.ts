import { extname } from 'node:path'
import type { Paint } from '../context.ts'
import { CliError } from '../errors.ts'
import { printable } from '../text.ts'
import { documentOf } from './document.ts'
import { markdownText } from './markdown.ts'
import type { Report } from './report.ts'
import { textLines } from './text.ts'

export const FORMATS = ['text', 'markdown', 'html'] as const
export type Format = (typeof FORMATS)[number]

interface TextOptions {
  /** Columns of the terminal; one that does not know its width reports 0. */
  readonly width?: number | undefined
  readonly paint?: Paint
}

/** Columns of files, pipes and terminals that do not know their width. */
const DEFAULT_WIDTH = 80

const FORMATS_BY_EXTENSION: Readonly<Record<string, Format | 'json'>> = {
  '': 'text',
  '.txt': 'text',
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.html': 'html',
  '.htm': 'html',
  '.json': 'json',
}

/**
 * The format that the name of a file asks for; text when it has no extension.
 * @throws {CliError} (usage) when no format has the extension
 */
export function formatOf(file: string): Format | 'json' {
  const extension = extname(file).toLowerCase()
  const format = FORMATS_BY_EXTENSION[extension]
  if (format !== undefined) return format
  const message =
    `no format of a report has the extension ${printable(extension)}: name a file that ends with .txt, ` +
    '.md, .html or .json, or choose text, markdown or html with --format.'
  throw new CliError(message, { exitCode: 2 })
}

/** A report in a format, with the end of its last line. */
export async function renderReport(
  report: Report,
  format: Format | 'json',
  { width, paint = (_, text) => text }: TextOptions,
): Promise<string> {
  if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`
  // Loaded here, as only pages need it.
  if (format === 'html') return (await import('./html/page.ts')).htmlPage(report)
  const document = documentOf(report)
  if (format === 'markdown') return markdownText(document)
  return `${textLines(document, width || DEFAULT_WIDTH, paint).join('\n')}\n`
}
