import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { AnomalyFinding } from '@skillwatch/analytics'
import { fixedClock, NOW_MS, temporaryFolder } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../../src/program.ts'
import { REPOSITORY_ROOT } from '../../src/settings.ts'
import { columns } from '../../src/text.ts'
import { runCli, runHere } from '../run-cli.ts'
import { HOUR_MS, historyOf, recordInto } from './history.ts'

const USUAL = { calls: 8, rate: 1, execution_ms: 2_000 }
const FALLEN = historyOf('pdf-fill', USUAL, { from: 30, to: 27, rate: 0 })
const SLOW = historyOf('deploy', { ...USUAL, rate: 0.9 }, { from: 50, to: 42, execution_ms: 20_000 })
const SILENT = historyOf('review-all', { ...USUAL, rate: 0.95 }, { from: 12, to: 0, calls: 0 })
const SHIFTED = historyOf(
  'plan-carefully',
  { ...USUAL, followers: ['Read', 'Read', 'Bash'] },
  { from: 70, to: 60, followers: ['Bash'] },
)
const CLEAN = historyOf('commit-all', { ...USUAL, rate: 0.8 })
const RARE = historyOf('rare', { ...USUAL, calls: 0 }, { from: 40, to: 38, calls: 5 })
const ALL = [...FALLEN, ...SLOW, ...SILENT, ...SHIFTED, ...CLEAN, ...RARE]

const stack = new DisposableStack()
const folder = stack.use(temporaryFolder())
const urlOf = (name: string) => `sqlite:${join(folder.path, `${name}.db`)}`

beforeAll(() => recordInto(urlOf('all'), ALL), 60_000)
afterAll(() => stack.dispose())

function analyse(name: string, args: readonly string[] = [], more: { env?: object; columns?: number } = {}) {
  const { env, ...terminal } = more
  return runHere(
    ['analyse', '--time-zone', 'UTC', ...args],
    { SKILLWATCH_DATABASE_URL: urlOf(name), ...env },
    { nowMs: fixedClock, ...terminal },
  )
}

async function analysed(name: string, args: readonly string[] = []) {
  const { code, stdout, stderr } = await analyse(name, [...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as { findings: AnomalyFinding[] } & Record<string, unknown>
}

const named = ({ skill_name, metric, subtype }: AnomalyFinding) => `${skill_name}: ${metric} ${subtype}`

test('a fall from all to none completed, a slowdown, a silence and other followers are found', async () => {
  const { findings, ...rest } = await analysed('all', ['--kind', 'skill'])
  expect(findings.map(named)).toEqual([
    'review-all: silence silence',
    'pdf-fill: completion_rate drop',
    'deploy: duration slowdown',
    'plan-carefully: pattern_shift pattern_shift',
  ])
  expect(findings[0]).toMatchObject({ kind: 'skill', resolved_at: null })
  expect(findings[1]).toMatchObject({ type: 'anomaly', baseline_value: expect.closeTo(1, 2) })
  const openedMs = Date.parse(findings[1]!.opened_at)
  expect(openedMs).toBeGreaterThan(NOW_MS - 30 * HOUR_MS)
  expect(openedMs).toBeLessThanOrEqual(NOW_MS - 27 * HOUR_MS)
  expect(Object.keys(findings[1]!).sort()).toEqual(
    [
      ...['finding_id', 'type', 'subtype', 'metric', 'kind', 'skill_name', 'opened_at', 'updated_at'],
      ...['resolved_at', 'baseline_value', 'observed_value', 'deviation_score', 'p_value', 'q_value'],
      ...['samples', 'method', 'explanation'],
    ].sort(),
  )
  expect(rest).toMatchObject({
    project: 'default',
    from: '2026-11-15T12:00:00.000Z',
    to: '2026-11-22T12:00:00.000Z',
    every: '1h',
    time_zone: 'UTC',
    runs: 169,
    false_discovery_rate: 0.001,
    coverage: { skills: 6, tested: 5, not_enough_data: [{ unit: 'calls', need: 100, skills: 1 }] },
  })
}, 60_000)

test('a fall from all to none completed over fifteen calls is found within three hours', async () => {
  const calls = historyOf('deploy', { ...USUAL, calls: 5 }, { from: 3, to: 0, rate: 0 })
  await recordInto(urlOf('fifteen'), calls)
  const { findings } = await analysed('fifteen')
  expect(findings.map(named)).toEqual(['deploy: completion_rate drop'])
  expect(Date.parse(findings[0]!.opened_at)).toBeGreaterThan(NOW_MS - 3 * HOUR_MS)
}, 60_000)

test('at 80 columns each finding is a block, and what was tested comes last', async () => {
  const { code, stdout } = await analyse('all', ['--kind', 'skill'], { columns: 80 })
  expect(code).toBe(0)
  expect(stdout.split('\n').filter((line) => columns(line) > 80)).toEqual([])
  expect(stdout).toMatchSnapshot()
})

test('CSV has one line for each finding', async () => {
  const { stdout, stderr } = await analyse('all', ['--csv', '--kind', 'skill'])
  const [header, ...lines] = stdout.trimEnd().split('\r\n')
  expect(header).toMatch(/^finding_id,type,subtype,metric,kind,skill_name,opened_at,.*,explanation$/)
  expect(lines.map((line) => line.split(',').slice(2, 6).join(' '))).toEqual([
    'silence silence skill review-all',
    'drop completion_rate skill pdf-fill',
    'slowdown duration skill deploy',
    'pattern_shift pattern_shift skill plan-carefully',
  ])
  expect(stderr).toBe('')
})

test('filters choose what is shown; the findings are those of all skills', async () => {
  const { findings } = await analysed('all')
  const one = await analysed('all', ['--skill', 'deploy', '--kind', 'skill'])
  expect(one.findings).toEqual(findings.filter(({ skill_name }) => skill_name === 'deploy'))
  expect(one.coverage).toMatchObject({ skills: 1, tested: 1 })
  const tools = await analysed('all', ['--kind', 'tool', '--kind', 'agent'])
  expect(tools.findings).toEqual(findings.filter(({ kind }) => kind === 'tool'))
  expect(tools.findings).not.toEqual([])
  const { stdout } = await analyse('all', ['--skill', 'rare'])
  expect(stdout).toMatch(/^No findings in project default, every hour from 2026-11-15 12:00 to /)
  expect(stdout).toContain('The last run tested 0 of 1 skill; 1 had not enough data: 1 with fewer than 100')
  expect(stdout).toContain('Not tested: completion_rate, which has 10 of 100 calls.')
})

test('neither the order of arrival, late calls included, nor a second time changes anything', async () => {
  const isLate = (_: unknown, index: number) => index % 7 === 3
  const [late, early] = [ALL.filter(isLate), ALL.filter((_, index) => !isLate(_, index))]
  await recordInto(urlOf('reordered'), early.toReversed())
  const before = await analyse('reordered', ['--json'])
  await recordInto(urlOf('reordered'), late)
  const { stdout } = await analyse('all', ['--json'])
  expect(before.stdout).not.toBe(stdout)
  expect((await analyse('reordered', ['--json'])).stdout).toBe(stdout)
  expect((await analyse('reordered', ['--json'])).stdout).toBe(stdout)
}, 60_000)

test('nothing that happened after --to changes anything', async () => {
  const toMs = NOW_MS - 28 * HOUR_MS
  const known = ALL.filter(({ invoked_at }) => (invoked_at as number) < toMs)
  await recordInto(urlOf('known'), known)
  const to = ['--to', new Date(toMs).toISOString()]
  const then = await analysed('all', to)
  expect(then.findings.map(named)).toContain('pdf-fill: completion_rate drop')
  expect(then).toEqual(await analysed('known', to))
}, 60_000)

test('a clean history has no findings, and it says what was tested', async () => {
  await recordInto(urlOf('clean'), CLEAN)
  const { code, stdout } = await analyse('clean', ['--every', '4h'])
  expect(code).toBe(0)
  expect(stdout).toBe(
    'No findings in project default, every 4 hours from 2026-11-15 12:00 to 2026-11-22 12:00, UTC\n\n' +
      'The last run tested 1 of 1 skill.\n' +
      'Not tested: pattern_shift, which has 0 of 100 calls.\n' +
      'False alarms: a run in which nothing changed raises one with a probability of 0.001, so 0.043 are ' +
      'expected in 43 runs; simulated histories of 200 skills had one in ten days.\n',
  )
})

test('without calls it says what to do next', async () => {
  await recordInto(urlOf('empty'), [])
  expect(await analyse('empty')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: 'No ended call was recorded yet. `skillwatch import claude-code` imports a history.\n',
  })
  const old = await analyse('all', ['--to', '2026-06-01'])
  expect(old).toMatchObject({ code: 0, stdout: '' })
  expect(old.stderr).toMatch(
    /^No call ended within 28 days before a run every hour .+ `skillwatch sessions`/,
  )
  expect((await analysed('empty')).findings).toEqual([])
})

test('an unknown skill and an unknown project are errors that say how to find the right one', async () => {
  const unknown = await analyse('all', ['--skill', 'pdf\u202e', '--kind', 'agent'])
  expect(unknown).toMatchObject({ code: 1, stdout: '' })
  expect(unknown.stderr).toBe(
    'error: no ended call of "pdf�" of kind agent is recorded: `skillwatch skills --since 365d` lists ' +
      'what was used.\n',
  )
  const project = await analyse('all', [], { env: { SKILLWATCH_PROJECT: 'web' } })
  expect(project).toMatchObject({ code: 1, stdout: '' })
  expect(project.stderr).toContain('there is no project "web" in this database; SKILLWATCH_PROJECT names')
})

test('a project of its own is analysed alone', async () => {
  await recordInto(urlOf('projects'), CLEAN)
  await recordInto(urlOf('projects'), FALLEN, 'web')
  const env = { SKILLWATCH_PROJECT: 'web' }
  const { stdout } = await analyse('projects', ['--json', '--from', '2d'], { env })
  expect(JSON.parse(stdout)).toMatchObject({ project: 'web', coverage: { skills: 1 } })
  expect(stdout).toContain('"skill_name": "pdf-fill"')
})

test.each([
  [['--every', '90m'], /'90m' is invalid\. Expected whole hours from 1h to 8h, as a run tests the 8 hours/],
  [['--every', '12h'], /Expected whole hours from 1h to 8h/],
  [['--from', 'yesterday'], /'yesterday' is invalid\. Expected an age such as 90d/],
  [['--from', '1d', '--to', '2d'], /^error: --from must be before --to, which is now by default\.$/m],
  [['--to', '2026-11-22T12:00:01Z'], /^error: --to must not be later than now\.$/m],
  [['--from', '93d'], /^error: --from must be at most 92 days before --to\.$/m],
  [['--kind', 'skil'], /argument 'skil' is invalid\. Allowed choices are skill/],
  [['--json', '--csv'], /cannot be used with option/],
  [['--time-zone', '+02:00'], /Expected the IANA name of a time zone/],
])('the wrong options %j end with 2 and the reason', async (args, message) => {
  const { code, stdout, stderr } = await analyse('all', args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(message)
})

test('Ctrl-C ends it between two runs, with a bar on a terminal until then', async () => {
  const [stdout, stderr] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY: true as const })]
  const env = { SKILLWATCH_DATABASE_URL: urlOf('all') }
  const world = { stdout, stderr, env, signal: AbortSignal.abort(), nowMs: fixedClock }
  expect(await run(['analyse'], world)).toBe(130)
  for (const output of [stdout, stderr]) output.end()
  expect(await text(stdout)).toBe('')
  const shown = await text(stderr)
  expect(shown).toContain('Counting the calls of each hour…')
  expect(shown).toContain('/169 runs')
})

test('the example of docs/ANALYTICS.md runs', async () => {
  const document = readFileSync(join(REPOSITORY_ROOT, 'docs/ANALYTICS.md'), 'utf8')
  const [, line] = /^npx skillwatch analyse (.+)$/m.exec(document)!
  expect(await analyse('all', line!.split(' '))).toMatchObject({ code: 0, stderr: '' })
})

test('as a person runs it, without a database, it says how one is made', async () => {
  const { code, stderr } = await runCli(['analyse'], { SKILLWATCH_DATABASE_URL: urlOf('missing') })
  expect(code).toBe(1)
  expect(stderr).toMatch(/there is no database at .+missing\.db/)
})
