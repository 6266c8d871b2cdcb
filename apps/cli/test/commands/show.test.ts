import { Turn, Use, type UseSummary } from '@skillwatch/schema'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { type HttpDouble, startHttpDouble } from '../http-double.ts'
import { runHere } from '../run-cli.ts'
import { aSession } from '../sessions/some-session.ts'
import { aCall } from '../show/a-call.ts'
import { aTurn, aUse, someSums } from '../uses/some-uses.ts'

const ID = aSession().session_id
const DETAIL = { ...aSession(), skills: [{ kind: 'tool', skill_name: 'Read', invocation_count: 5 }] }
const CALLS = [
  aCall('skill', 0, {
    kind: 'skill',
    skill_name: 'pdf-fill',
    execution_ms: 31_500,
    prompt_id: 'prompt',
  }),
  ...[1, 2, 3, 4].map((second) => aCall(`read-${second}`, second, { parent_invocation_id: 'skill' })),
]

const TURN = aTurn({ calls: 5 })
const USE = aUse({ calls: 4 }, { use_id: 'skill', session_id: ID })

interface Recorded {
  /** Ids that begin like that of the session. */
  readonly others?: readonly string[]
  readonly skills?: readonly UseSummary[]
}

/** A gateway with one session, whose calls are on pages of two. */
function gatewayOf({ others = [], skills = [] }: Recorded = {}): Promise<HttpDouble> {
  const answers: Record<string, (query: URLSearchParams) => object> = {
    '/v1/sessions': (query) => {
      const ids = [ID, ...others].filter((id) => id.startsWith(query.get('prefix')!))
      return { items: ids.map((session_id) => aSession({ session_id })), next_cursor: null }
    },
    [`/v1/sessions/${ID}`]: () => DETAIL,
    [`/v1/sessions/${ID}/invocations`]: (query) => {
      const start = Number(query.get('cursor') ?? 0)
      const next = start + 2
      return { items: CALLS.slice(start, next), next_cursor: next < CALLS.length ? String(next) : null }
    },
    '/v1/turns': () => ({ items: [TURN], next_cursor: null }),
    '/v1/uses': () => ({ items: [USE], next_cursor: null }),
    '/v1/uses/summary': (query) => ({
      since: '2026-11-01T00:00:00.000Z',
      until: '2026-11-22T12:00:00.000Z',
      time_zone: 'UTC',
      by: ['skill'],
      items: skills.filter(
        ({ skill_name }) => !query.has('skill_name') || skill_name === query.get('skill_name'),
      ),
    }),
  }
  return startHttpDouble(({ path }) => {
    const { pathname, searchParams } = new URL(path, 'http://localhost')
    const body = answers[pathname]?.(searchParams)
    return body ? { body } : { status: 404, body: { detail: 'not found' } }
  })
}

function show({ url }: HttpDouble, ...args: string[]) {
  return runHere(['show', ...args, '--time-zone', 'UTC', '--url', url])
}

test('the turn and the use of these tests are of the wire format', () => {
  expect(Value.Check(Turn, TURN)).toBe(true)
  expect(Value.Check(Use, USE)).toBe(true)
})

test('show prints a session in numbers and all pages of its calls beneath their turns', async () => {
  await using gateway = await gatewayOf()
  expect(await show(gateway, '3f2a')).toMatchObject({
    code: 0,
    stderr: '',
    stdout: `\
Session    3f2a9c11-77aa-4c1e-9d3e-0123456789ab
Time       2026-11-22 09:30:00 to 2026-11-22 11:02:13 (1 h 32 m)
Calls      … 1 running, ✔ 38 completed, ✘ 3 failed
Tokens     12.3K input, 4.56K output, 30.0K cache write, 1.20M cache read
Cost       ~$1.25, estimated from prices per token
Most used  tool Read ×5

TIME      TURN, CALL                     DURATION  CALLS  ✘  TOKENS  COST
09:30:00  turn 1, until the next one       30.0 s      5  0       -     -
09:30:00  └─ skill pdf-fill           ✔    31.5 s      4  0       -     -
09:30:01     └─ tool Read ×4          ✔     1.2 s
`,
  })
})

test('--full shows each call', async () => {
  await using gateway = await gatewayOf()
  const { stdout } = await show(gateway, ID, '--full')
  expect(stdout.match(/[├└]─ tool Read +✔ +300 ms$/gm)).toHaveLength(4)
})

test('--json prints the session, its turns, uses and all its calls as one object', async () => {
  await using gateway = await gatewayOf()
  const { stdout } = await show(gateway, ID, '--json')
  expect(JSON.parse(stdout)).toEqual({
    session: DETAIL,
    turns: [TURN],
    uses: [USE],
    invocations: CALLS,
  })
})

test('when several ids begin with the text, they are listed on stderr and the exit code is 1', async () => {
  await using gateway = await gatewayOf({ others: ['3f2a-other'] })
  const { code, stdout, stderr } = await show(gateway, '3f2a')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(
    /^error: 2 session ids begin with "3f2a".*\n {2}3f2a9c11-.*\n {2}3f2a-other .*\nGive more.*\n$/,
  )
})

test('when the text is neither a session nor a skill, the exit code is 1 and the error says so', async () => {
  await using gateway = await gatewayOf()
  const { code, stdout, stderr } = await show(gateway, 'f00')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain(
    'nothing is recorded of "f00": no id of a session begins with it, and no skill, command or agent of this ' +
      'name was used.',
  )
})

test.each([
  ['--session', 'nothing is recorded of session "f00", and no id begins with it'],
  ['--skill', 'no use of a skill, command or agent "f00" is recorded'],
])('with %s the error speaks of nothing else', async (option, message) => {
  await using gateway = await gatewayOf()
  expect((await show(gateway, option, 'f00')).stderr).toContain(`error: ${message}`)
})

test('when the text is the name of a skill and begins an id, the error says both ways to ask', async () => {
  await using gateway = await gatewayOf({ skills: [someSums({}, { skill_name: '3f2a' })] })
  const { code, stdout, stderr } = await show(gateway, '3f2a')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain('`skillwatch show --skill "3f2a"` shows the skill')
  expect(stderr).toContain('`skillwatch show --session "3f2a"` the session')
  expect((await show(gateway, '--session', '3f2a')).stdout).toMatch(/^Session {4}3f2a9c11/)
})

test('of several kinds with one name the most used is shown, and a note names the others', async () => {
  const skills = [
    someSums({}, { skill_name: 'init', uses: 3 }),
    someSums({}, { skill_name: 'init', kind: 'command', uses: 5 }),
  ]
  await using gateway = await gatewayOf({ skills })
  const { code, stdout, stderr } = await show(gateway, '/init')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^command init over 30 days/)
  expect(stderr).toBe('The skill init has 3 uses too: `skillwatch show --kind skill init`.\n')
})

test('when several plugins have a skill of the name, the error lists them', async () => {
  const skills = ['git:commit', 'hub:commit'].map((skill_name) => someSums({}, { skill_name }))
  await using gateway = await gatewayOf({ skills })
  const { code, stderr } = await show(gateway, 'commit')
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `\
error: several plugins have "commit":
  skill  git:commit  1 use
  skill  hub:commit  1 use
Give the whole name.
`,
  })
})

test.each([
  [[], /missing required argument 'name'/],
  [[''], /the session is empty/],
  [['--session', '--skill', 'a'], /option '--session' cannot be used with option '--skill'/],
  [['--full', '--since', '7d', 'a'], /option '--full' cannot be used with option '--since <instant>'/],
  [['--kind', 'tool', 'a'], /'tool' is invalid\. Allowed choices are skill, command, agent/],
])('the wrong command line `show %j` ends with 2', async (args, message) => {
  const { code, stdout, stderr } = await runHere(['show', ...args])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(message)
})
