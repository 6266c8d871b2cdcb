import { join } from 'node:path'
import { SkillSummary } from '@skillwatch/schema'
import { temporaryFolder } from '@skillwatch/testkit'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { type HttpDouble, startHttpDouble } from '../http-double.ts'
import { runHere } from '../run-cli.ts'
import { aSkill, NO_DURATIONS } from '../skills/a-skill.ts'
import { writeSkill } from '../skills/skill-folders.ts'

const LATE = '2999-01-01T00:00:00.000Z'
const BASH = aSkill({ kind: 'tool', skill_name: 'Bash', execution: NO_DURATIONS, last_invoked_at: LATE })
const PDF = aSkill({ skill_name: 'pdf-fill', invocation_count: 4, last_invoked_at: LATE })

interface Page {
  readonly items: readonly unknown[]
  readonly next_cursor: string | null
}

/** A gateway that answers with one page after the other. */
function gatewayWith(...pages: readonly Page[]): Promise<HttpDouble> {
  return startHttpDouble((_, index) => ({ body: pages[index] }))
}

/** A gateway that has skills of each kind on one page. */
function gatewayOf(skills: readonly SkillSummary[]): Promise<HttpDouble> {
  return startHttpDouble(({ path }) => {
    const kind = new URL(path, 'http://localhost').searchParams.get('kind')
    return { body: { items: skills.filter((skill) => skill.kind === kind), next_cursor: null } }
  })
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

test('the skills that these tests use are of the wire format', () => {
  for (const skill of [BASH, PDF]) expect(Value.Check(SkillSummary, skill)).toBe(true)
})

test('skills shows the 20 most called', async () => {
  await using gateway = await gatewayWith({ items: [BASH, PDF], next_cursor: null })
  const { code, stdout, stderr } = await skills(gateway, [])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toBe(`\
SKILL     KIND   CALLS  24 H  FAILED  REFUSED      P50         P95  LAST USED
Bash      tool      10     2      0%       0%  ≤ 2.0 s  ≤ 1 m 00 s     <1 min
pdf-fill  skill      4     2      0%       0%    1.5 s      42.0 s     <1 min
`)
  expect(queriesTo(gateway)).toEqual([{ order_by: 'invocation_count', limit: '20' }])
})

test.each([
  ['calls', 'invocation_count', 'most called'],
  ['last', 'last_invoked_at', 'most recently used'],
  ['24h', 'invocation_count_24h', 'most called in the last 24 hours'],
  ['failed', 'failed_count', 'with the most failed calls'],
])(
  '--sort %s asks for the order %s, and a note names it when there are more',
  async (sort, order, first) => {
    await using gateway = await gatewayWith({ items: [PDF], next_cursor: 'more' })
    const { stderr } = await skills(gateway, ['--kind', 'skill', '--sort', sort, '--limit', '1'])
    expect(stderr).toBe(`The list ends after the 1 ${first}; --limit shows more.\n`)
    expect(queriesTo(gateway)).toEqual([{ kind: 'skill', order_by: order, limit: '1' }])
  },
)

test('pages are read until the limit, and a skill on two pages is shown once', async () => {
  const third = { ...BASH, skill_name: 'Read' }
  await using gateway = await gatewayWith(
    { items: [BASH, PDF], next_cursor: 'second' },
    { items: [{ ...PDF, invocation_count: 5 }, third], next_cursor: null },
  )
  const { stdout, stderr } = await skills(gateway, ['--limit', '1002', '--json'])
  expect(JSON.parse(stdout)).toEqual([BASH, { ...PDF, invocation_count: 5 }, third])
  expect(stderr).toBe('')
  expect(queriesTo(gateway)).toEqual([
    { order_by: 'invocation_count', limit: '1000' },
    { order_by: 'invocation_count', limit: '1000', cursor: 'second' },
  ])
})

test('--json prints the items as they are, also when there are none', async () => {
  for (const items of [[{ ...PDF, later_field: [1] }], []]) {
    await using gateway = await gatewayWith({ items, next_cursor: null })
    const { stdout, stderr } = await skills(gateway, ['--json'])
    expect({ items: JSON.parse(stdout), stderr }).toEqual({ items, stderr: '' })
  }
})

test('--csv prints a header and one line for each skill, with the note on stderr', async () => {
  await using gateway = await gatewayWith({ items: [PDF, BASH], next_cursor: 'more' })
  const { stdout, stderr } = await skills(gateway, ['--csv', '--limit', '2'])
  const lines = stdout.split('\r\n').map((line) => line.split(',').slice(0, 3).join())
  expect(lines).toEqual(['kind,skill_name,invocation_count', 'skill,pdf-fill,4', 'tool,Bash,10', ''])
  expect(stderr).toContain('--limit shows more')
})

test.each([
  [[], 'Nothing was recorded yet. `skillwatch import claude-code` imports a history.\n'],
  [
    ['--kind', 'mcp'],
    'Nothing of kind mcp was recorded yet. `skillwatch import claude-code` imports a history.\n',
  ],
])('when nothing is recorded, `skills %j` says so and how to import a history', async (args, stderr) => {
  await using gateway = await gatewayWith({ items: [], next_cursor: null })
  expect(await skills(gateway, args)).toMatchObject({ code: 0, stdout: '', stderr })
})

test('--dead shows the installed skills that neither a skill nor a command was called by', async () => {
  using home = temporaryFolder()
  for (const name of ['pdf-fill', 'typed', 'unused'])
    writeSkill(join(home.path, '.claude/skills', name), { changedAt: '2026-01-02T12:00:00Z' })
  writeSkill(join(home.path, '.claude/plugins/git-tools/skills/commit'))
  await using gateway = await gatewayOf([PDF, { ...PDF, kind: 'command', skill_name: 'typed' }])
  const { code, stdout, stderr } = await skills(gateway, ['--dead'], { HOME: home.path })
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'Never called: 2 of 4 installed skills.\n' })
  expect(stdout).toBe(`\
SKILL             INSTALLED IN  SINCE
unused            user          2026-01-02
git-tools:commit  plugin        2026-06-01
`)
  expect(queriesTo(gateway)).toEqual([
    { kind: 'skill', order_by: 'invocation_count', limit: '1000' },
    { kind: 'command', order_by: 'invocation_count', limit: '1000' },
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

test('--dead warns of calls with placeholder names, and of a history without calls', async () => {
  using home = temporaryFolder()
  writeSkill(join(home.path, '.claude/skills/unused'))
  await using redacted = await gatewayOf([{ ...PDF, skill_name: 'custom_skill' }])
  expect((await skills(redacted, ['--dead'], { HOME: home.path })).stderr).toMatch(
    /^Never called: 1 of 1 installed skills\.\n4 calls have a placeholder name \(custom_skill\)/,
  )
  await using empty = await gatewayOf([])
  expect((await skills(empty, ['--dead'], { HOME: home.path })).stderr).toBe(
    'Never called: 1 of 1 installed skills.\nNo call of a skill or command was recorded yet. ' +
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
  [['--sort', 'name'], /'name' is invalid\. Allowed choices are calls, last, 24h, failed/],
  [['--limit', '0'], /'0' is invalid\. Expected a number of skills from 1 to 10000/],
  [['--json', '--csv'], /option '--csv' cannot be used with option '--json'/],
  [['--dead', '--kind', 'skill'], /option '--dead' cannot be used with option '--kind <kind>'/],
  [['--dead', '--limit', '5'], /option '--dead' cannot be used with option '--limit <skills>'/],
])('the wrong command line `skills %j` ends with 2 and asks for nothing', async (args, message) => {
  await using gateway = await gatewayWith()
  const { code, stdout, stderr } = await skills(gateway, args)
  expect({ code, stdout, requests: gateway.requests.length }).toEqual({ code: 2, stdout: '', requests: 0 })
  expect(stderr).toMatch(message)
})

test('an error of the gateway is shown with its reason', async () => {
  await using gateway = await startHttpDouble(() => ({ status: 400, body: { detail: 'cursor is old' } }))
  const { code, stderr } = await skills(gateway, [])
  expect(code).toBe(1)
  expect(stderr).toMatch(/error: ws-gateway at \S+ answered 400: cursor is old\n$/)
})
