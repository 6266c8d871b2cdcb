import { type ComponentChild, h, type JSX } from 'preact'
import type { ChangeText } from '../change-text.ts'
import type { ReportDocument } from '../document.ts'
import type { Report } from '../report.ts'
import { type Cell, type ReportTable, totalRows } from '../tables.ts'
import { visible } from '../visible.ts'

export function changesPart({ changes, notes: [count, ...rule] }: ReportDocument): JSX.Element | null {
  if (count === undefined) return null
  return h('section', { class: 'changes' }, [
    h('h2', {}, 'What changed'),
    changes.length > 0 && h('ul', { class: 'card' }, changes.map(changeItem)),
    h('p', { class: changes.length > 0 ? 'note' : 'card' }, codeIn(count)),
    ...rule.map((note) => h('p', { class: 'note' }, codeIn(note))),
  ])
}

function changeItem({ label, tone, subject, text }: ChangeText): JSX.Element {
  const what =
    typeof subject === 'string'
      ? h('strong', {}, subject)
      : [nameElement(subject.skill_name, 'strong'), h('span', { class: 'kind' }, subject.kind)]
  return h('li', {}, [
    h('span', { class: `label ${tone}` }, label),
    h('p', {}, [h('span', { class: 'subject' }, what), h('span', {}, text)]),
  ])
}

export function totalsPart(report: Report, notes: readonly string[], after: ComponentChild): JSX.Element {
  return h('section', {}, [
    h('h2', {}, 'Totals'),
    h('dl', { class: 'tiles' }, totalRows(report).map(totalTile)),
    ...noteElements(notes),
    after,
  ])
}

function totalTile({
  name,
  now,
  before,
  verdict,
  isChange,
}: ReturnType<typeof totalRows>[number]): JSX.Element {
  return h('div', { class: 'card' }, [
    h('dt', {}, name),
    h('dd', { class: 'number' }, now),
    before !== null && h('dd', {}, `${before} before`),
    verdict !== '' && h('dd', { class: isChange ? 'changed' : 'unchanged' }, verdict),
  ])
}

export function tablePart(table: ReportTable, ...before: ComponentChild[]): JSX.Element {
  return h('section', { class: table.id }, [
    h('h2', {}, table.title),
    ...before,
    tableElement(table),
    ...noteElements(table.notes),
  ])
}

/**
 * On a narrow page the columns with a high rank are left out, and what is still too wide can be scrolled.
 */
function tableElement({ title, columns, rows }: ReportTable): JSX.Element {
  const classOf = (index: number) =>
    `${columns[index]!.align}${columns[index]!.rank > 2 ? ' wide-only' : ''}`
  const head = columns.map(({ heading }, index) => h('th', { scope: 'col', class: classOf(index) }, heading))
  const lines = rows.map(([name, ...others]) =>
    h('tr', {}, [
      h('th', { scope: 'row' }, cellElement(name!)),
      ...others.map((cell, index) => h('td', { class: classOf(index + 1) }, cellElement(cell))),
    ]),
  )
  return h('div', { class: 'card table', role: 'region', tabIndex: 0, 'aria-label': title }, [
    h('table', {}, [h('thead', {}, h('tr', {}, head)), h('tbody', {}, lines)]),
  ])
}

function cellElement(cell: Cell): ComponentChild {
  return typeof cell === 'string' ? cell : nameElement(cell.name)
}

/** A name in its own direction of writing. A long one is cut by the stylesheet. */
function nameElement(name: string, element: 'span' | 'strong' = 'span'): JSX.Element {
  const text = visible(name)
  return h(element, { class: 'name', title: text }, h('bdi', {}, text))
}

function noteElements(notes: readonly string[]): JSX.Element[] {
  return notes.map((note) => h('p', { class: 'note' }, codeIn(note)))
}

/** Our own text, in which backticks enclose code. */
export function codeIn(text: string): ComponentChild[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? h('code', {}, part) : part))
}
