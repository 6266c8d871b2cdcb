import { extname } from 'node:path'
import type { Paint } from '../context.ts'
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

/** The format that the name of a file asks for. */
export function formatOf(file: string | undefined): Format | 'json' {
  const extension = extname(file ?? '').toLowerCase()
  if (extension === '.json') return 'json'
  if (extension === '.html' || extension === '.htm') return 'html'
  return extension === '.md' || extension === '.markdown' ? 'markdown' : 'text'
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
