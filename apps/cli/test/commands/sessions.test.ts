import { SessionSummary } from '@skillwatch/schema'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { localMinute, machineTimeZone } from '../../src/usage/time-zone.ts'
import { type HttpDouble, startHttpDouble } from '../http-double.ts'
import { runHere } from '../run-cli.ts'
import { aSession, NO_USAGE } from '../sessions/some-session.ts'

const SESSIONS = [aSession(), aSession({ session_id: 'ci', usage: NO_USAGE })]
const STARTED = localMinute(aSession().first_invoked_at, machineTimeZone())

function gatewayWith(items: readonly object[], next_cursor: string | null = null): Promise<HttpDouble> {
  return startHttpDouble(() => ({ body: { items, next_cursor } }))
}

function sessions({ url }: HttpDouble, ...args: string[]) {
  return runHere(['sessions', ...args, '--url', url])
}

test('the sessions that these tests use are of the wire format', () => {
  for (const session of SESSIONS) expect(Value.Check(SessionSummary, session)).toBe(true)
})

test('sessions shows a row per session with its calls, its tokens and its cost', async () => {
  await using gateway = await gatewayWith(SESSIONS)
  expect(await sessions(gateway)).toMatchObject({
    code: 0,
    stderr: '',
    stdout: `\
SESSION   STARTED             LASTED  CALLS  FAILED  RUNNING  TOKENS    COST
3f2a9c11  ${STARTED}  1 h 32 m     42       3        1   1.25M  ~$1.25
ci        ${STARTED}  1 h 32 m     42       3        1       -       -

~ estimated from prices per token.
`,
  })
  expect(gateway.requests.map(({ path }) => path)).toEqual(['/v1/sessions?limit=20'])
})

test('--full shows whole ids', async () => {
  await using gateway = await gatewayWith(SESSIONS)
  expect((await sessions(gateway, '--full')).stdout).toContain(`\n${aSession().session_id}  ${STARTED}`)
})

test('--limit is sent, and a note says that there are more sessions', async () => {
  await using gateway = await gatewayWith(SESSIONS, 'next')
  const { stderr } = await sessions(gateway, '--limit', '2')
  expect(stderr).toBe('These are the 2 latest active sessions; --limit shows more.\n')
  expect(gateway.requests[0]!.path).toBe('/v1/sessions?limit=2')
})

test('--json prints the items as they are', async () => {
  for (const items of [[{ ...aSession(), later_field: 1 }], []]) {
    await using gateway = await gatewayWith(items)
    const { stdout, stderr } = await sessions(gateway, '--json')
    expect({ items: JSON.parse(stdout), stderr }).toEqual({ items, stderr: '' })
  }
})

test('--csv prints a header and one line for each session', async () => {
  await using gateway = await gatewayWith(SESSIONS)
  const { stdout } = await sessions(gateway, '--csv')
  expect(stdout).toMatch(/^session_id,first_invoked_at,.*\r\n3f2a9c11-.*,estimated,0\r\nci,.*,none,0\r\n$/)
})

test('without sessions a note names the command that imports a history', async () => {
  await using gateway = await gatewayWith([])
  expect(await sessions(gateway)).toMatchObject({
    code: 0,
    stdout: '',
    stderr: 'Nothing was recorded yet. `skillwatch import claude-code` imports a history.\n',
  })
})

test.each([
  [['--limit', '0'], /'0' is invalid\. Expected a number of sessions from 1 to 1000/],
  [['--json', '--csv'], /option '--csv' cannot be used with option '--json'/],
])('the wrong command line `sessions %j` ends with 2 and asks for nothing', async (args, message) => {
  await using gateway = await gatewayWith(SESSIONS)
  const { code, stdout, stderr } = await sessions(gateway, ...args)
  expect({ code, stdout, requests: gateway.requests.length }).toEqual({ code: 2, stdout: '', requests: 0 })
  expect(stderr).toMatch(message)
})
