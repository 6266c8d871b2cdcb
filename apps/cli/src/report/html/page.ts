import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ComponentChild, h, type JSX } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { documentOf, type ReportDocument, type WindowText } from '../document.ts'
import type { Report } from '../report.ts'
import type { ReportTable } from '../tables.ts'
import { costChart, failuresChart, skillsChart, usesChart } from './charts.ts'
import { changesPart, codeIn, tablePart, totalsPart } from './parts.ts'

/** A report as one HTML file: without scripts, and with everything that it shows inside. */
export function htmlPage(report: Report): string {
  const document = documentOf(report)
  const page = h('html', { lang: 'en' }, [head(document), h('body', {}, body(report, document))])
  return `<!doctype html>\n<!-- ${report.title} -->\n${renderToString(page)}\n`
}

function head({ title, window }: ReportDocument): JSX.Element {
  const style = readFileSync(join(import.meta.dirname, 'style.css'), 'utf8')
  const hash = createHash('sha256').update(style).digest('base64')
  // The browser loads nothing and runs nothing, even if a name ever were not escaped.
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`
  return h('head', {}, [
    h('meta', { charset: 'utf-8' }),
    h('title', {}, `${title}, ${window.since} to ${window.until}`),
    h('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
    h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    h('meta', { name: 'color-scheme', content: 'light dark' }),
    h('style', { dangerouslySetInnerHTML: { __html: style } }),
  ])
}

function body(report: Report, document: ReportDocument): JSX.Element[] {
  const { title, window, timeZone, comparedWith, empty } = document
  return [
    h('header', {}, [
      h('h1', {}, title),
      h('p', {}, [...windowText(window), `, ${timeZone}`]),
      comparedWith !== null &&
        h('p', { class: 'compared' }, ['Compared with ', ...windowText(comparedWith)]),
    ]),
    h('main', {}, [
      empty !== null && h('p', { class: 'card' }, codeIn(empty)),
      changesPart(document),
      ...document.tables.map((table) => part(report, table)),
    ]),
  ]
}

/** An instant is never broken across lines. */
function windowText({ since, until }: WindowText): ComponentChild[] {
  return [h('span', { class: 'instant' }, since), ' to ', h('span', { class: 'instant' }, until)]
}

/** A table as its part of the page, with charts that show the same, or how it came about. */
function part(report: Report, table: ReportTable): JSX.Element {
  if (table.id === 'totals')
    return totalsPart(report, table.notes, charts(usesChart(report), costChart(report)))
  if (table.id === 'skills') return tablePart(table, charts(skillsChart(report), failuresChart(report)))
  return tablePart(table)
}

function charts(...figures: readonly JSX.Element[]): JSX.Element {
  return h('div', { class: 'charts' }, figures)
}
