import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fixedClock, NOW_MS, temporaryFolder } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Report } from '../../src/report/report.ts'
import { columns } from '../../src/text.ts'
import { hostileWeeks, type OwnGateway, someWeeks, startGatewayWith } from '../report/some-weeks.ts'
import { runHere } from '../run-cli.ts'

let gateway: OwnGateway

beforeAll(async () => {
  gateway = await startGatewayWith(someWeeks())
})

afterAll(() => gateway[Symbol.asyncDispose]())

/** Runs the command at `NOW_MS`, in the time zone of Berlin. */
function report(...args: string[]) {
  return reportOf(gateway, ...args)
}

function reportOf({ url }: OwnGateway, ...args: string[]) {
  return runHere(
    ['report', '--url', url, '--time-zone', 'Europe/Berlin', ...args],
    {},
    { nowMs: fixedClock },
  )
}

async function dataOf(...args: string[]): Promise<Report> {
  return JSON.parse((await report('--json', ...args)).stdout)
}

test('report shows what changed, and then all numbers', async () => {
  const { code, stdout, stderr } = await report()
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toBe(readFileSync(join(import.meta.dirname, 'report.expected.txt'), 'utf8'))
})

test('--json has the same as data', async () => {
  const data = await dataOf()
  expect(data.changes.map(({ skill, measure, verdict }) => [skill?.skill_name, measure, verdict])).toEqual([
    [undefined, 'failed_share', 'up'],
    ['deploy', 'failed_share', 'up'],
    ['old-notes', 'uses', 'gone'],
    ['release-notes', 'uses', 'new'],
    ['pdf-fill', 'uses', 'up'],
  ])
  expect(data).toMatchObject({
    since: '2026-11-15T12:00:00.000Z',
    until: '2026-11-22T12:00:00.000Z',
    compared_with: {
      since: '2026-11-08T12:00:00.000Z',
      until: '2026-11-15T12:00:00.000Z',
      is_recorded: true,
    },
    totals: { sessions: 35, turns: 35, uses: 222, calls: 934, failed_calls: 56 },
  })
  expect(data.skills[0]).toMatchObject({ skill_name: 'pdf-fill', uses: 105, uses_before: 35, calls: 315 })
  expect(data.periods.reduce((sum, { uses }) => sum + uses, 0)).toBe(222)
})

test('every change has a q-value of at most 5%, or is new', async () => {
  const { changes, comparisons } = await dataOf()
  expect(comparisons.length).toBeGreaterThan(changes.length)
  for (const { q, verdict } of changes) expect(verdict === 'new' || q! <= 0.05).toBe(true)
})

test('without the period before, nothing is compared', async () => {
  const { stdout } = await report('--no-compare')
  expect(stdout).not.toMatch(/changed|BEFORE|[Cc]ompared/)
  expect(stdout).toContain('pdf-fill         skill     105    315')
  expect(await dataOf('--no-compare')).toMatchObject({
    compared_with: null,
    totals_before: null,
    changes: [],
  })
})

test('when recording began within the period before, the report says so and names a start that works', async () => {
  const { stdout } = await report('--since', '18d')
  const [, start] = /Not compared: [^`]*`--since (\S+)`/.exec(stdout.replaceAll('\n', ' '))!
  expect((await dataOf('--since', '18d')).compared_with).toMatchObject({ is_recorded: false })
  expect((await dataOf('--since', start!)).compared_with).toMatchObject({ is_recorded: true })
})

test('a cost that is estimated is marked, and responses without a price are counted', async () => {
  const uses = [{ skill_name: 'pdf-fill' }]
  const estimated = { atMs: NOW_MS - 3_600_000, uses, model: 'claude-sonnet-4-5' }
  const unpriced = { atMs: NOW_MS - 7_200_000, uses, model: 'of our own' }
  await using other = await startGatewayWith([estimated, unpriced])
  const { stdout } = await reportOf(other, '--no-compare')
  expect(stdout).toMatch(/^Cost +~\$0\.\d+\n~ estimated from prices per token\.\n1 response has no price;/m)
})

test('a period in which nothing was recorded is a report too', async () => {
  const { code, stdout } = await report('--since', '2026-09-01', '--until', '2026-09-08', '--no-compare')
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `\
Skillwatch report
2026-09-01 02:00 to 2026-09-08 02:00, Europe/Berlin

Nothing was recorded in this period. The last call was at 2026-11-22 11:08;
\`--since\` changes the start.
`,
  })
})

test('an empty database leads to the import of a history, in every format', async () => {
  await using empty = await startGatewayWith([])
  for (const format of ['text', 'markdown', 'html']) {
    const { code, stdout } = await reportOf(empty, '--format', format)
    expect(code).toBe(0)
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/Nothing was recorded in this period.*import claude-code/)
  }
})

test('names that try to break a terminal or a table do not, within 80 columns', async () => {
  await using hostile = await startGatewayWith(hostileWeeks())
  const { stdout } = await reportOf(hostile)
  expect(stdout).toContain('<script>alert(1)</script>')
  expect(stdout).not.toMatch(/\p{Bidi_Control}/u)
  for (const line of stdout.split('\n')) expect(columns(line)).toBeLessThanOrEqual(80)
})

test.each([
  [['--since', 'yesterday'], /'yesterday' is invalid\. Expected an age such as 90d/],
  [['--since', '2026-11-02', '--until', '2026-11-01'], /--since must be before --until, which is now by/],
  [['--format', 'pdf'], /'pdf' is invalid\. Allowed choices are text, markdown, html/],
  [['--json', '--format', 'html'], /option '--json' cannot be used with option '--format <format>'/],
  [['--time-zone', 'Mars/Olympus'], /Expected the IANA name of a time zone/],
])('the wrong command line `report %j` ends with 2', async (args, message) => {
  const { code, stdout, stderr } = await report(...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(message)
})

test('without a server the report says how to start one, and writes no file', async () => {
  using folder = temporaryFolder()
  const nowhere = { ...gateway, url: 'http://127.0.0.1:1' }
  const { code, stderr } = await reportOf(nowhere, '--output', join(folder.path, 'report.html'))
  expect({ code, files: readdirSync(folder.path) }).toEqual({ code: 1, files: [] })
  expect(stderr).toContain('start it with `npm start`')
})

test.each([
  ['report.html', /^<!doctype html>\n/],
  ['report.md', /^# Skillwatch report\n/],
  ['report.txt', /^Skillwatch report\n/],
  ['report.json', /^{\n {2}"title": "Skillwatch report"/],
])('--output %s has the format of its name, and replaces an earlier report', async (name, start) => {
  using folder = temporaryFolder()
  const path = join(folder.path, name)
  for (const run of [1, 2]) {
    const { code, stdout, stderr } = await report('--output', path)
    expect({ run, code, stdout, stderr }).toEqual({
      run,
      code: 0,
      stdout: '',
      stderr: `The report is in ${path}.\n`,
    })
  }
  expect(readFileSync(path, 'utf8')).toMatch(start)
  expect(readdirSync(folder.path)).toEqual([name])
})

test.each(['report.pdf', 'report.PDF', 'report.2026'])(
  '--output %s has the extension of no format: the error names those that there are',
  async (name) => {
    using folder = temporaryFolder()
    const { code, stderr } = await report('--output', join(folder.path, name))
    expect({ code, stderr, files: readdirSync(folder.path) }).toEqual({
      code: 2,
      stderr:
        `error: no format of a report has the extension ${extname(name).toLowerCase()}: name a file that ` +
        'ends with .txt, .md, .html or .json, or choose text, markdown or html with --format.\n',
      files: [],
    })
  },
)

test.each([
  ['report.pdf', ['--format', 'html'], /^<!doctype html>\n/],
  ['report.md', ['--format', 'html'], /^<!doctype html>\n/],
  ['report.html', ['--json'], /^{\n {2}"title"/],
  ['report', [], /^Skillwatch report\n/],
])('--output %s with the options %j has the format that they name, else text', async (name, args, start) => {
  using folder = temporaryFolder()
  const path = join(folder.path, name)
  expect(await report('--output', path, ...args)).toMatchObject({ code: 0 })
  expect(readFileSync(path, 'utf8')).toMatch(start)
})

test('--output refuses a file that is no report, unless --force', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'notes.md')
  writeFileSync(path, 'My notes on the Skillwatch report\n')
  const { code, stderr } = await report('--output', path)
  expect({ code, stderr, text: readFileSync(path, 'utf8') }).toEqual({
    code: 2,
    stderr: `error: ${path} is not a report: --force overwrites it, --output names another file.\n`,
    text: 'My notes on the Skillwatch report\n',
  })
  expect(await report('--output', path, '--force')).toMatchObject({ code: 0 })
  expect(readFileSync(path, 'utf8')).toMatch(/^# Skillwatch report\n/)
})

test('--output fills an empty file, and follows a link to its target', async () => {
  using folder = temporaryFolder()
  const [path, link] = [join(folder.path, 'empty.md'), join(folder.path, 'link.md')]
  writeFileSync(path, '', { mode: 0o640 })
  symlinkSync(path, link)
  expect(await report('--output', link)).toMatchObject({ code: 0 })
  expect(readFileSync(path, 'utf8')).toMatch(/^# Skillwatch report\n/)
  expect(statSync(path).mode & 0o777).toBe(0o640)
})

test('--output names a folder, or a file in a folder that does not exist: the error says so', async () => {
  using folder = temporaryFolder()
  const inner = join(folder.path, 'folder')
  mkdirSync(inner)
  expect(await report('--output', inner)).toMatchObject({
    code: 2,
    stderr: `error: ${inner} is not a regular file: name another one with --output.\n`,
  })
  const missing = join(folder.path, 'missing', 'report.md')
  expect(await report('--output', missing)).toMatchObject({
    code: 1,
    stderr:
      `error: ${missing} cannot be written: its folder does not exist. Nothing was changed; correct that, ` +
      'or name another file with --output.\n',
  })
})
