import { openReader } from '@skillwatch/db'
import { machineNowMs, type RunningProcess, until } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { columns } from '../../src/text.ts'
import { runCli, runHere } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, record, startService } from '../stack.ts'
import { history } from './history.ts'

let own: OwnEnvironment
const services: RunningProcess[] = []

beforeAll(async () => {
  own = await ownEnvironment({ TZ: 'UTC' })
  services.push(await startService('ingest', own), await startService('ws-gateway', own))
  await record(own, ...history(machineNowMs()))
  using reader = openReader(own.env.SKILLWATCH_DATABASE_URL!)
  const turns = reader.sqlite.prepare<[], number>('select count(*) from turn').pluck()
  await until(() => turns.get() === 39)
}, 60_000)
afterAll(async () => {
  for (const service of services) await service.stop()
  own[Symbol.dispose]()
})

const run = (args: readonly string[], width?: number) =>
  runHere(args, own.env, width === undefined ? {} : { columns: width })

/** Without the first paragraph, which has the time of the run. */
const tablesOf = (stdout: string) => stdout.slice(stdout.indexOf('\n\n') + 2)

test('before anything was computed it says how that is done', async () => {
  const { code, stdout, stderr } = await run(['deps', 'plan'])
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr).toBe(
    'What is used together in sessions was not computed yet. `skillwatch analyse dependencies` computes it ' +
      'from what is recorded.\n',
  )
})

test('as a person runs it, it computes, stores, and says what was stored; again it changes nothing', async () => {
  const { code, stdout, stderr } = await runCli(['analyse', 'dependencies'], own.env)
  const turns =
    '39 turns: not enough data for pairs (39 of 50 turns that are needed), not enough data for transitions ' +
    '(39 of 50 transitions that are needed); nothing to store.\n'
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: `120 sessions: 3 pairs, 4 transitions; 7 inserted.\n${turns}`,
    stderr: '`skillwatch deps` shows them.\n',
  })
  expect((await run(['analyse', 'dependencies'])).stdout).toBe(
    `120 sessions: 3 pairs, 4 transitions; 7 unchanged.\n${turns}`,
  )
})

/**
 * Counted by hand from the history: of 120 sessions 46 have deploy, 30 plan, 16 review, 15 alpha and beta.
 */
test('lifts, shares and gaps are those of the recorded history, with the directions apart', async () => {
  const { items } = JSON.parse((await run(['deps', '--json'])).stdout).together as {
    items: { skill_a: string; skill_b: string; lift_score: number; co_occurrence_count: number }[]
  }
  expect(
    items.map(({ skill_a, skill_b, co_occurrence_count }) => [skill_a, skill_b, co_occurrence_count]),
  ).toEqual([
    ['alpha', 'beta', 15],
    ['deploy', 'plan', 30],
    ['deploy', 'review', 16],
  ])
  // Two that are always together in 15 of 120 sessions have the lift 120 / 15.
  expect(items.map(({ lift_score }) => lift_score)).toEqual([
    8,
    (30 * 120) / (46 * 30),
    (16 * 120) / (46 * 16),
  ])
  const { next, before, sample } = JSON.parse((await run(['deps', 'plan', '--json'])).stdout)
  expect(sample).toMatchObject({ units: 120, transitions_counted: 61 })
  expect(next.items).toMatchObject([
    {
      ...{ from_skill: 'plan', to_skill: 'deploy', transition_count: 24, unit_count: 24 },
      ...{ from_count: 24, to_count: 24, lift_score: (24 * 61) / (24 * 24), median_gap_ms: 40_000 },
    },
  ])
  expect(before.items).toMatchObject([
    {
      ...{ from_skill: 'deploy', to_skill: 'plan', transition_count: 6, unit_count: 6 },
      ...{ from_count: 22, to_count: 6, lift_score: (6 * 61) / (22 * 6), median_gap_ms: 40_000 },
    },
  ])
})

test('without a skill the strongest pairs and transitions are shown', async () => {
  const { code, stdout, stderr } = await run(['deps'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(
    /^120 sessions from \S+ \S+ to \S+ \S+, computed \S+ \S+, \S+\. Shown is what happens/,
  )
  expect(tablesOf(stdout)).toBe(`\
Used together
SKILLS                   LIFT  SESSIONS  OF FIRST  OF SECOND       Q
alpha + beta              8.0        15      100%       100%  <0.001
deploy + plan             2.6        30       65%       100%  <0.001
deploy + review (agent)   2.6        16       35%       100%  <0.001

Called one after the other
SKILLS                   SHARE  TIMES  MEDIAN GAP  LIFT  SESSIONS       Q
alpha → beta              100%     15      40.0 s   4.1        15  <0.001
deploy → review (agent)    73%     16    1 m 40 s   2.8        16  <0.001
deploy → plan              27%      6      40.0 s   2.8         6   0.004
plan → deploy             100%     24      40.0 s   2.5        24  <0.001
`)
})

test('of a skill what is used with it, what follows and what comes before it are shown', async () => {
  const { stdout } = await run(['deps', 'deploy'])
  expect(tablesOf(stdout)).toBe(`\
Used together with deploy
SKILL           LIFT  SESSIONS  SHARE  OF ITS       Q
plan             2.6        30    65%    100%  <0.001
review (agent)   2.6        16    35%    100%  <0.001

Called next after deploy
SKILL           SHARE  TIMES  MEDIAN GAP  LIFT  SESSIONS       Q
review (agent)    73%     16    1 m 40 s   2.8        16  <0.001
plan              27%      6      40.0 s   2.8         6   0.004

Called before deploy
SKILL  SHARE  TIMES  MEDIAN GAP  LIFT  SESSIONS       Q
plan    100%     24      40.0 s   2.5        24  <0.001
`)
  const agent = tablesOf((await run(['deps', 'review', '--kind', 'agent'])).stdout)
  expect(agent).toContain('Used together with review (agent)\n')
  expect(agent).toContain('\ndeploy   2.6        16   100%     35%  <0.001\n')
  expect(agent).toContain('Called next after review (agent)\nNothing more often than by chance.\n')
})

test.each([40, 80, 140])('at %d columns every line fits', async (width) => {
  for (const args of [
    ['deps'],
    ['deps', 'deploy'],
    ['deps', 'alpha', '--unit', 'turn'],
    ['analyse', 'dependencies'],
  ]) {
    const { stdout } = await run(args, width)
    expect(stdout).not.toBe('')
    expect(stdout.split('\n').filter((line) => columns(line) > width)).toEqual([])
  }
})

test('a higher lift and a limit show fewer rows, and the limit says so', async () => {
  const lift = await run(['deps', '--min-lift', '4'])
  expect(tablesOf(lift.stdout).match(/^\w+ [+→] \w+/gm)).toEqual(['alpha + beta', 'alpha → beta'])
  const one = await run(['deps', '--limit', '1'])
  expect(tablesOf(one.stdout).match(/^\w+ [+→] \w+/gm)).toEqual(['alpha + beta', 'alpha → beta'])
  expect([lift.stderr, one.stderr]).toEqual(['', 'Lists end after 1 row; --limit shows more.\n'])
})

test('too few turns are said with how many are needed, and what to do', async () => {
  const { code, stdout, stderr } = await run(['deps', 'plan', '--unit', 'turn'])
  expect(code).toBe(0)
  expect(tablesOf(stdout)).toBe(`\
Used together with plan
Not enough data: 39 of 50 turns that are needed.

Called next after plan
Not enough data: 39 of 50 transitions that are needed.

Called before plan
Not enough data: 39 of 50 transitions that are needed.
`)
  expect(stderr).toMatch(
    /counted when more is recorded, .+ `skillwatch analyse dependencies --since 365d`\.\n$/,
  )
})

test('where nothing is shown it says where to look', async () => {
  const none = await run(['deps', 'deploy', '--min-lift', '100'])
  expect(none.stderr).toBe('A lower --min-lift shows more, and `--unit turn` looks within turns instead.\n')
  const unknown = await run(['deps', 'depoly', '--kind', 'agent'])
  expect(unknown).toMatchObject({ code: 1, stdout: '' })
  expect(unknown.stderr).toBe(
    'error: no call of "depoly" of kind agent is recorded: `skillwatch skills --since 365d` lists what was used.\n',
  )
})

test('CSV has one line for each pair and transition', async () => {
  const { stdout, stderr } = await run(['deps', 'plan', '--csv'])
  const [header, ...lines] = stdout.trimEnd().split('\r\n')
  expect(header).toBe(
    'relation,kind_a,skill_a,kind_b,skill_b,count,of_a,of_b,units,lift_score,median_gap_ms,p_value,q_value',
  )
  expect(lines.map((line) => line.split(',').slice(0, 9).join(' '))).toEqual([
    'together skill deploy skill plan 30 46 30 30',
    'transition skill plan skill deploy 24 24 24 24',
    'transition skill deploy skill plan 6 22 6 6',
  ])
  expect(stderr).toBe('')
})

test('a later window replaces what was computed, and JSON says what was stored', async () => {
  const { stdout } = await run(['analyse', 'dependencies', '--unit', 'session', '--since', '10m', '--json'])
  const [result] = JSON.parse(stdout) as object[]
  expect(result).toMatchObject({
    ...{ unit: 'session', units: 0, units_needed: 50, dependencies: 0, transitions: 0 },
    stored: { inserted: 0, updated: 0, deleted: 7, unchanged: 0, skipped: 0 },
  })
  expect((await run(['deps'])).stdout).toContain('Not enough data: 0 of 50 sessions that are needed.')
  expect((await run(['analyse', 'dependencies', '--unit', 'session'])).stdout).toContain('; 7 inserted.')
})

test('a deleted skill is gone from what is shown, and the rest stays', async () => {
  await run(['delete', '--skill', 'plan', '--yes'])
  const { stdout } = await run(['deps', '--csv'])
  expect(stdout).not.toContain('plan')
  expect(stdout.match(/^\w+,skill,\w+,\w+,\w+/gm)).toEqual([
    'together,skill,alpha,skill,beta',
    'together,skill,deploy,agent,review',
    'transition,skill,alpha,skill,beta',
    'transition,skill,deploy,agent,review',
  ])
})

test.each([
  [['deps', '--kind', 'agent'], /^error: --kind is the kind of the skill: name a skill too\.$/m],
  [['deps', '--unit', 'day'], /argument 'day' is invalid\. Allowed choices are session, turn/],
  [['deps', '--min-lift', 'high'], /'high' is invalid\. Expected a number from 0 on/],
  [['deps', '--min-lift', ''], /Expected a number from 0 on/],
  [['deps', '--limit', '1001'], /Expected a number of rows from 1 to 1000/],
  [['deps', '--json', '--csv'], /cannot be used with option/],
  [['analyse', 'dependencies', '--since', '1d', '--until', '2d'], /--since must be before --until/],
  [['analyse', 'dependencies', '--until', '2999-01-01'], /more than 24 hours in the future/],
  [['analyse', 'dependencies', '--from', '1d'], /unknown option '--from'/],
])('the wrong options %j end with 2 and the reason', async (args, message) => {
  const { code, stdout, stderr } = await run(args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(message)
})

test('a key with scope findings is enough, and one of another project is refused', async () => {
  const createKey = async (project: string) => {
    const response = await fetch(`http://127.0.0.1:${own.ports.ingest}/v1/keys`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'analyst', scopes: ['findings'], project }),
    })
    return ((await response.json()) as { api_key: string }).api_key
  }
  const analyse = async (project: string) =>
    runHere(['analyse', 'dependencies'], { ...own.env, SKILLWATCH_API_KEY: await createKey(project) })
  expect(await analyse('default')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('120 sessions'),
  })
  const other = await analyse('web')
  expect([other.code, other.stdout]).toEqual([1, ''])
  expect(other.stderr).toMatch(/"web", the request is for project "default"/)
})

test('an unknown project, and an ingest that does not run, are errors that say what to do', async () => {
  const project = await runHere(['analyse', 'dependencies'], { ...own.env, SKILLWATCH_PROJECT: 'missing' })
  expect([project.code, project.stderr]).toEqual([
    1,
    expect.stringContaining('there is no project "missing"'),
  ])
  const away = await run(['analyse', 'dependencies', '--url', 'http://127.0.0.1:1'])
  expect([away.code, away.stderr]).toEqual([1, expect.stringContaining('start it with `npm start`')])
})
