import { join } from 'node:path'
import { SkillSummary, UseSummary } from '@skillwatch/schema'
import { temporaryFolder } from '@skillwatch/testkit'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { type HttpDouble, startHttpDouble } from '../http-double.ts'
import { runHere } from '../run-cli.ts'
import { aSkill, NO_DURATIONS } from '../skills/a-skill.ts'
import { writeSkill } from '../skills/skill-folders.ts'
import { someSums } from '../uses/some-uses.ts'

const LATE = '2999-01-01T00:00:00.000Z'
const BASH = aSkill({ kind: 'tool', skill_name: 'Bash', execution: NO_DURATIONS, last_invoked_at: LATE })
const READ = aSkill({ kind: 'tool', skill_name: 'Read', invocation_count: 4, last_invoked_at: LATE })
const PDF = someSums({}, { uses: 4 })

/** A gateway that answers with one page after the other. */
function gatewayWith(...pages: readonly object[]): Promise<HttpDouble> {
  return startHttpDouble((_, index) => ({ body: pages[index] }))
}

/** A gateway with these sums of all uses. */
function gatewayOf(items: readonly UseSummary[]): Promise<HttpDouble> {
  const body = { since: LATE, until: LATE, time_zone: 'UTC', by: ['skill'], items }
  return startHttpDouble(() => ({ body }))
}

function skills({ url }: HttpDouble, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return runHere(['skills', ...args, '--url', url], env)
}

/** The queries that the gateway received. */
function queriesTo({ requests }: HttpDouble): Record<string, string>[] {
  return requests.map(({ path }) => {
    const { pathname, searchParams } = new URL(path, 'http://localhost')
    expect(pathname).toBe('/v1/skills')
    return Object.fromEntries(searchParams)
  })
}

test('the answers that these tests use are of the wire format', () => {
  for (const skill of [BASH, READ]) expect(Value.Check(SkillSummary, skill)).toBe(true)
  expect(Value.Check(UseSummary, PDF)).toBe(true)
})

test('tools have no uses: the 20 most called are shown with all their calls', async () => {
  await using gateway = await gatewayWith({ items: [BASH, READ], next_cursor: null })
  const { code, stdout, stderr } = await skills(gateway, ['--kind', 'tool'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toBe(`\
TOOL  CALLS  24 H  FAILURE SHARE  REFUSAL SHARE      P50         P95  LAST USED
Bash     10     2             0%             0%  ≤ 2.0 s  ≤ 1 m 00 s     <1 min
Read      4     2             0%             0%    1.5 s      42.0 s     <1 min

P50 and P95: 50% and 95% of the calls took at most this long.
≤ elapsed time, waiting included; the execution time is at most this.
`)
  expect(queriesTo(gateway)).toEqual([{ kind: 'tool', order_by: 'invocation_count', limit: '20' }])
})

test.each([
  ['calls', 'invocation_count', 'most called'],
  ['last', 'last_invoked_at', 'most recently used'],
  ['failures', 'failed_count', 'with the most failed calls'],
])(
  'of tools --sort %s asks for the order %s, and a note names it when there are more',
  async (sort, order, first) => {
    await using gateway = await gatewayWith({ items: [READ], next_cursor: 'more' })
    const { stderr } = await skills(gateway, ['--kind', 'mcp', '--sort', sort, '--limit', '1'])
    expect(stderr).toBe(`The list ends after the 1 ${first}; --limit shows more.\n`)
    expect(queriesTo(gateway)).toEqual([{ kind: 'mcp', order_by: order, limit: '1' }])
  },
)

test('pages are read until the limit, and a tool on two pages is shown once', async () => {
  const third = { ...BASH, skill_name: 'Edit' }
  await using gateway = await gatewayWith(
    { items: [BASH, READ], next_cursor: 'second' },
    { items: [{ ...READ, invocation_count: 5 }, third], next_cursor: null },
  )
  const { stdout, stderr } = await skills(gateway, ['--kind', 'tool', '--limit', '1002', '--json'])
  expect(JSON.parse(stdout)).toEqual([BASH, { ...READ, invocation_count: 5 }, third])
  expect(stderr).toBe('')
  expect(queriesTo(gateway)).toEqual([
    { kind: 'tool', order_by: 'invocation_count', limit: '1000' },
    { kind: 'tool', order_by: 'invocation_count', limit: '1000', cursor: 'second' },
  ])
})

test('of tools --json prints the items as they are, also when there are none', async () => {
  for (const items of [[{ ...READ, later_field: [1] }], []]) {
    await using gateway = await gatewayWith({ items, next_cursor: null })
    const { stdout, stderr } = await skills(gateway, ['--kind', 'tool', '--json'])
    expect({ items: JSON.parse(stdout), stderr }).toEqual({ items, stderr: '' })
  }
})

test('of tools --csv prints a header and one line for each, with the note on stderr', async () => {
  await using gateway = await gatewayWith({ items: [READ, BASH], next_cursor: 'more' })
  const { stdout, stderr } = await skills(gateway, ['--kind', 'tool', '--csv', '--limit', '2'])
  const lines = stdout.split('\r\n').map((line) => line.split(',').slice(0, 3).join())
  expect(lines).toEqual(['kind,skill_name,invocation_count', 'tool,Read,4', 'tool,Bash,10', ''])
  expect(stderr).toContain('--limit shows more')
})

test('when nothing of a kind of tools is recorded, a note says how to import a history', async () => {
  await using gateway = await gatewayWith({ items: [], next_cursor: null })
  const stderr = 'Nothing of kind mcp was recorded yet. `skillwatch import claude-code` imports a history.\n'
  expect(await skills(gateway, ['--kind', 'mcp'])).toMatchObject({ code: 0, stdout: '', stderr })
})

test('--dead shows the installed skills of which no use as skill or command was recorded', async () => {
  using home = temporaryFolder()
  for (const name of ['pdf-fill', 'typed', 'unused'])
    writeSkill(join(home.path, '.claude/skills', name), { changedAt: '2026-01-02T12:00:00Z' })
  writeSkill(join(home.path, '.claude/plugins/git-tools/skills/commit'))
  await using gateway = await gatewayOf([
    PDF,
    { ...PDF, kind: 'command', skill_name: 'typed' },
    { ...PDF, kind: 'agent', skill_name: 'unused' },
    { ...PDF, skill_name: 'commit', uses: 0 },
  ])
  const { code, stdout, stderr } = await skills(gateway, ['--dead'], { HOME: home.path })
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'Never used: 2 of 4 installed skills.\n' })
  expect(stdout).toBe(`\
SKILL             INSTALLED IN  SINCE
unused            user          2026-01-02
git-tools:commit  plugin        2026-06-01
`)
  expect(gateway.requests.map(({ path }) => path)).toEqual([
    '/v1/uses/summary?by=skill&since=2000-01-01T00%3A00%3A00.000Z&until=9998-01-01T00%3A00%3A00.000Z',
  ])
})

test('--dead --json and --dead --csv print names, places, days and paths', async () => {
  using home = temporaryFolder()
  const path = join(home.path, '.claude/skills/unused')
  writeSkill(path, { changedAt: '2026-01-02T12:00:00Z' })
  await using gateway = await gatewayOf([PDF])
  const json = await skills(gateway, ['--dead', '--json'], { HOME: home.path })
  const since = '2026-01-02T12:00:00.000Z'
  expect(JSON.parse(json.stdout)).toEqual([{ skill_name: 'unused', installed_in: 'user', since, path }])
  const csv = await skills(gateway, ['--dead', '--csv'], { HOME: home.path })
  expect(csv.stdout).toBe(`skill_name,installed_in,since,path\r\nunused,user,${since},${path}\r\n`)
})

test('--dead warns of uses with placeholder names, and of a history without uses', async () => {
  using home = temporaryFolder()
  writeSkill(join(home.path, '.claude/skills/unused'))
  await using redacted = await gatewayOf([{ ...PDF, skill_name: 'custom_skill' }])
  expect((await skills(redacted, ['--dead'], { HOME: home.path })).stderr).toMatch(
    /^Never used: 1 of 1 installed skills\.\n4 uses have a placeholder name \(custom_skill\)/,
  )
  await using empty = await gatewayOf([])
  expect((await skills(empty, ['--dead'], { HOME: home.path })).stderr).toBe(
    'Never used: 1 of 1 installed skills.\nNo use of a skill or command was recorded yet. ' +
      '`skillwatch import claude-code` imports a history.\n',
  )
})

test('--dead says that no skill is installed', async () => {
  using home = temporaryFolder()
  await using gateway = await gatewayOf([PDF])
  const { code, stdout, stderr } = await skills(gateway, ['--dead'], { HOME: home.path })
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr).toBe('No skill is installed for the user, in the project of this folder, or by a plugin.\n')
})

test.each([
  [['--kind', 'skil'], /'skil' is invalid\. Allowed choices are skill, command, agent, mcp, tool/],
  [['--sort', 'price'], /Allowed choices are uses, name, calls, failures, time, tokens, cost, last/],
  [['--by', 'branch'], /'branch' is invalid\. Allowed choices are repository, model, day/],
  [['--limit', '0'], /'0' is invalid\. Expected a number of rows from 1 to 10000/],
  [['--since', 'yesterday'], /'yesterday' is invalid\. Expected an age such as 90d/],
  [['--since', '2026-01-02', '--until', '2026-01-01'], /--since must be before --until/],
  [['--time-zone', 'Mars/Olympus'], /Expected the IANA name of a time zone/],
  [['--sort', 'last', '--by', 'model'], /--sort last does not work with --by model/],
  [['--kind', 'tool', '--sort', 'cost'], /--sort cost is for skills, .* --sort is calls, failures, last/],
  [['--kind', 'mcp', '--since', '7d'], /--since is for skills, commands and agents: of kind mcp all calls/],
  [['--json', '--csv'], /option '--csv' cannot be used with option '--json'/],
  [['--dead', '--kind', 'skill'], /option '--dead' cannot be used with option '--kind <kind>'/],
  [['--dead', '--limit', '5'], /option '--dead' cannot be used with option '--limit <rows>'/],
])('the wrong command line `skills %j` ends with 2 and asks for nothing', async (args, message) => {
  await using gateway = await gatewayWith()
  const { code, stdout, stderr } = await skills(gateway, args)
  expect({ code, stdout, requests: gateway.requests.length }).toEqual({ code: 2, stdout: '', requests: 0 })
  expect(stderr).toMatch(message)
})

test('an error of the gateway is shown with its reason', async () => {
  await using gateway = await startHttpDouble(() => ({ status: 400, body: { detail: 'too many groups' } }))
  const { code, stderr } = await skills(gateway, [])
  expect(code).toBe(1)
  expect(stderr).toMatch(/error: ws-gateway at \S+ answered 400: too many groups\n$/)
})
