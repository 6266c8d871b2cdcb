import type { ReportDocument } from './document.ts'
import type { Cell, ReportTable } from './tables.ts'
import { visible } from './visible.ts'

/** A report in GitHub Flavored Markdown. Names are code, in which no character has a meaning. */
export function markdownText(document: ReportDocument): string {
  const { title, empty, changes, notes, tables } = document
  const blocks = [
    `# ${title}`,
    windowText(document),
    ...(empty === null ? [] : [empty]),
    ...(notes.length === 0 ? [] : ['## What changed']),
    ...(changes.length > 0 ? [changes.map(changeItem).join('\n')] : []),
    ...notes,
    ...tables.flatMap(tableBlocks),
  ]
  return `${blocks.join('\n\n')}\n`
}

function windowText({ window, timeZone, comparedWith }: ReportDocument): string {
  const text = `${window.since} to ${window.until}, ${timeZone}`
  if (comparedWith === null) return text
  return `${text}  \nCompared with ${comparedWith.since} to ${comparedWith.until}`
}

function changeItem({ label, subject, text }: ReportDocument['changes'][number]): string {
  const name = typeof subject === 'string' ? subject : `${code(subject.skill_name)} (${subject.kind})`
  return `- **${label}** ${name}: ${escaped(text)}`
}

function tableBlocks({ title, columns, rows, notes }: ReportTable): string[] {
  const lines = [
    columns.map(({ heading }) => heading),
    columns.map(({ align }) => (align === 'right' ? '---:' : '---')),
    ...rows.map((row) => row.map(cellText)),
  ]
  return [`## ${title}`, lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n'), ...notes.map(escaped)]
}

function cellText(cell: Cell): string {
  return withoutPipes(typeof cell === 'string' ? escaped(cell) : code(cell.name))
}

/**
 * A pipe ends a cell, also within code, unless a backslash is before it. After a backslash of the name that
 * takes two, as two backslashes are a pair.
 */
function withoutPipes(text: string): string {
  return text.replace(/(\\*)\|/g, (_, before: string) => `${before}${before.length % 2 ? '\\\\' : '\\'}|`)
}

/** Our own texts have few characters that mean something: `~` is a strikethrough, `*` a list or emphasis. */
function escaped(text: string): string {
  return text.replace(/[~*<]/g, '\\$&')
}

/** Text as code (CommonMark 6.1): between more backticks than it has in a row. */
function code(text: string): string {
  const name = visible(text)
  const longest = Math.max(0, ...[...name.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const isAtEdge = /^`|`$|^ .* $/.test(name)
  return isAtEdge ? `${fence} ${name} ${fence}` : fence + name + fence
}
