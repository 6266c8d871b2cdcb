import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { DOCUMENTS, linksOf, namedFiles, resolves } from './support/documents.ts'
import { filesBelow, ROOT, readText } from './support/repository.ts'

const LINE_LENGTH_MAX = 109
const SOURCES = /\.(ts|mjs|js|sql|md|proto|ya?ml)$/

const decisions = filesBelow('docs/adr', /^\d{4}-.+\.md$/)
  .sort()
  .map((file) => {
    const [title, , date, status] = readText(file).split('\n')
    return {
      file: basename(file),
      number: basename(file).slice(0, 4),
      title: title?.replace(/^# /, ''),
      date: date?.replace(/^- Date: /, ''),
      status: status?.replace(/^- Status: /, ''),
    }
  })

test('every rule that a source cites is in docs/RULES.md', () => {
  const rules = new Set([...readText('docs/RULES.md').matchAll(/^## (R\d+) /gm)].map(([, rule]) => rule!))
  const cited = ['apps', 'packages', 'tests', 'bench', 'docs', 'infra']
    .flatMap((folder) => filesBelow(folder, SOURCES))
    .flatMap((file) => [...readText(file).matchAll(/\bR\d{1,2}\b/g)].map(([rule]) => ({ file, rule })))
  expect(cited.length).toBeGreaterThan(20)
  expect(cited.filter(({ rule }) => !rules.has(rule))).toEqual([])
})

test('every decision has a title, a date and a status', () => {
  expect(decisions.length).toBeGreaterThan(0)
  for (const { file, title, date, status } of decisions) {
    expect(title, file).toMatch(/^\S/)
    expect(date, file).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    expect(status, file).toMatch(/^(accepted|superseded (in part )?by \d{4})$/)
  }
})

test('the index of decisions lists each one with its title, date and status', () => {
  const index = readText('docs/adr/README.md').split('\n')
  expect(index.filter((line) => /^\| \[\d/.test(line))).toEqual(
    decisions.map(({ number, title, date, status }) => `| [${number}] | ${title} | ${date} | ${status} |`),
  )
  expect(index.filter((line) => /^\[\d/.test(line))).toEqual(
    decisions.map(({ number, file }) => `[${number}]: ${file}`),
  )
})

test('every link of a document leads to a file and a heading that exist', () => {
  const broken = DOCUMENTS.flatMap((document) =>
    linksOf(readText(document))
      .filter((target) => !resolves(document, target))
      .map((target) => `${document}: ${target}`),
  )
  expect(broken).toEqual([])
})

test('every file that a document names by its path exists', () => {
  const missing = DOCUMENTS.flatMap((document) =>
    namedFiles(readText(document))
      .filter((path) => !existsSync(join(ROOT, path)))
      .map((path) => `${document}: ${path}`),
  )
  expect(missing).toEqual([])
})

test('every line of a document ends before column 110', () => {
  const long = DOCUMENTS.flatMap((document) =>
    readText(document)
      .split('\n')
      .flatMap((line, index) => ([...line].length > LINE_LENGTH_MAX ? [`${document}:${index + 1}`] : [])),
  )
  expect(long).toEqual([])
})
