import { anObservation, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { NOW_MS, testApp } from '../support.ts'

type Ingest = Awaited<ReturnType<typeof testApp>>

function erase({ app }: Ingest, query: Record<string, string> | string, key?: string) {
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` }
  return app.inject({ method: 'DELETE', url: `/v1/invocations?${new URLSearchParams(query)}`, headers })
}

async function createKey({ app }: Ingest, body: object): Promise<string> {
  return (await app.inject({ method: 'POST', url: '/v1/keys', payload: body })).json().api_key
}

async function storedIds(ingest: Ingest): Promise<string[]> {
  return (await ingest.rows()).map(({ invocation_id }) => invocation_id)
}

const CALLS = [
  anObservation({ invocation_id: 'a', session_id: 's-1', user_id: 'ann' }),
  anObservation({
    invocation_id: 'b',
    session_id: 's-2',
    user_id: 'bob',
    invoked_at: '2026-11-01T00:00:00Z',
  }),
  anObservation({
    invocation_id: 'c',
    session_id: 's-2',
    skill_name: 'deploy',
    user_id: 'ann',
    agent_name: 'codex',
  }),
  anObservation({ invocation_id: 'd', session_id: 's-3', skill_name: 'deploy', kind: 'command' }),
]

test.each([
  [{ session_id: 's-2' }, ['a', 'd'], { session_id: 's-2' }],
  [{ user_id: 'ann' }, ['b', 'd'], { user_id: 'given' }],
  [{ agent_name: 'codex' }, ['a', 'b', 'd'], { agent_name: 'codex' }],
  [{ skill_name: 'deploy' }, ['a', 'b'], { skill_name: 'deploy' }],
  [{ skill_name: 'deploy', kind: 'command' }, ['a', 'b', 'c'], { skill_name: 'deploy', kind: 'command' }],
  [{ before: '2026-11-02T01:00:00+01:00' }, ['a', 'c', 'd'], { before: '2026-11-02T00:00:00.000Z' }],
  [{ project: 'default' }, [], { project: 'default' }],
  [{ before: String(Date.UTC(2026, 10, 2)) }, ['a', 'c', 'd'], { before: '2026-11-02T00:00:00.000Z' }],
])('%j deletes what it names, and the receipt counts it', async (query, left, selection) => {
  await using ingest = await testApp()
  await ingest.post(CALLS)
  const reply = await erase(ingest, query)
  expect(reply.statusCode).toBe(200)
  const invocations = CALLS.length - left.length
  expect(reply.json()).toEqual({
    receipt_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    deleted_at: new Date(NOW_MS).toISOString(),
    project: 'default',
    status: 'pending',
    final_by: expect.any(String),
    selection,
    invocations,
    uncorrelated_observations: 0,
    api_requests: 0,
    experiment_assignments: 0,
    experiment_outcomes: 0,
    first_offset: CALLS.length + 1,
    last_offset: CALLS.length + invocations,
  })
  expect(await storedIds(ingest)).toEqual(left)
  expect(ingest.differences()).toEqual([])
})

test('a deletion that finds nothing has a receipt without offsets', async () => {
  await using ingest = await testApp()
  await ingest.post(CALLS)
  await erase(ingest, { session_id: 's-1' })
  expect((await erase(ingest, { session_id: 's-1' })).json()).toMatchObject({
    invocations: 0,
    uncorrelated_observations: 0,
    first_offset: null,
    last_offset: null,
  })
})

test.each([
  ['', /exactly one of session_id, user_id, agent_name, skill_name .* is expected; none of them was sent/],
  ['session_id=s-1&user_id=ann', /expected; session_id and user_id was sent/],
  ['skill_name=deploy&before=2026-11-02T00:00:00Z', /expected; skill_name and before was sent/],
  ['kind=skill', /expected; none of them was sent/],
  ['session_id=s-1&kind=skill', /kind can be combined with skill_name only/],
  ['skill_name=deploy&kind=skil', /must be one of skill, command, agent, mcp, tool/],
  ['session_id=', /\/session_id.*fewer than 1/],
  ['session_id=s-1&session_id=s-2', /\/session_id/],
  ['session=s-1', /\/session"/],
  ['session_id=s-1&dry_run=true', /\/dry_run"/],
  ['before=yesterday', /before is not an RFC 3339 date-time/],
  ['before=1763769600', /it looks like seconds/],
  ['before=2027-11-22T00:00:00Z', /more than 24 hours in the future/],
])('%j is refused with what was expected, and deletes nothing', async (query, expected) => {
  await using ingest = await testApp()
  await ingest.post(CALLS)
  const reply = await erase(ingest, query)
  expect(reply.statusCode).toBe(400)
  expect(reply.body).toMatch(expected)
  expect(await storedIds(ingest)).toHaveLength(CALLS.length)
})

test('only a key with scope admin deletes, and in its own project only', async () => {
  await using ingest = await testApp()
  const recorder = await createKey(ingest, { name: 'ci', scopes: ['ingest', 'read'] })
  const team = await createKey(ingest, { name: 'team', scopes: ['admin'], project: 'team' })
  await ingest.post(CALLS)
  expect((await erase(ingest, { session_id: 's-1' }, recorder)).statusCode).toBe(403)
  expect((await erase(ingest, { session_id: 's-1' })).statusCode).toBe(401)
  expect((await erase(ingest, { session_id: 's-1' }, team)).json()).toMatchObject({
    project: 'team',
    invocations: 0,
  })
  expect(await storedIds(ingest)).toHaveLength(CALLS.length)
})

test('a whole project is deleted only by a request that reaches it', async () => {
  await using ingest = await testApp()
  const keys = { name: 'team', scopes: ['ingest', 'admin'], project: 'team' }
  await ingest.app.inject({ method: 'PUT', url: '/v1/projects/simulation' })
  const open = { 'skillwatch-project': 'simulation' }
  await ingest.post(CALLS)
  await ingest.post(CALLS.slice(0, 2), open)
  const refused = await erase(ingest, { project: 'simulation' })
  expect(refused.json()).toMatchObject({ status: 403, type: '/problems/wrong-project' })
  expect(refused.json().detail).toMatch(/reaches project "default" and would delete project "simulation"/)
  const deletion = { method: 'DELETE', url: '/v1/invocations?project=simulation', headers: open } as const
  const receipt = (await ingest.app.inject(deletion)).json()
  expect(receipt).toMatchObject({ project: 'simulation', invocations: 2 })
  const read = (headers: Record<string, string>) =>
    ingest.app.inject({ url: `/v1/deletions/${receipt.receipt_id}`, headers })
  expect([(await read(open)).statusCode, (await read({})).statusCode]).toEqual([200, 404])

  const team = await createKey(ingest, keys)
  expect((await erase(ingest, { project: 'default' }, team)).statusCode).toBe(403)
  expect((await erase(ingest, { project: 'team' }, team)).json()).toMatchObject({ invocations: 0 })
  expect(await storedIds(ingest)).toEqual(['a', 'b', 'c', 'd'])
})

test('a deletion of more rows than one transaction holds is complete, while others record', async () => {
  await using ingest = await testApp()
  const calls = Array.from({ length: 700 }, (_, index) =>
    anObservation({ invocation_id: `call-${index}`, session_id: 'long' }),
  )
  await ingest.post(calls)
  const [reply] = await Promise.all([erase(ingest, { session_id: 'long' }), ingest.post(CALLS)])
  expect(reply.json()).toMatchObject({ invocations: 700 })
  expect(await storedIds(ingest)).toEqual(['a', 'b', 'c', 'd'])
  expect(ingest.differences()).toEqual([])
})

const hookOf = (tool_use_id: string) => ({
  hook_event_name: 'PreToolUse',
  session_id: 's-1',
  tool_name: 'Bash',
  tool_input: {},
  tool_use_id,
})

function sendHook({ app }: Ingest, event: object) {
  return app.inject({ method: 'POST', url: '/v1/hooks/claude-code', payload: event })
}

test('a hook that was answered before a deletion of its session is deleted by it', async () => {
  await using ingest = await testApp({ groupDelayMs: 50 })
  await ingest.post(CALLS)
  expect((await sendHook(ingest, hookOf('toolu_1'))).statusCode).toBe(200)
  const reply = await erase(ingest, { session_id: 's-1' })
  expect(reply.json()).toMatchObject({ invocations: 2 })
  await sendHook(ingest, { ...hookOf('toolu_2'), session_id: 's-9' })
  await until(async () => (await storedIds(ingest)).includes('toolu_2'))
  expect(await storedIds(ingest)).toEqual(['b', 'c', 'd', 'toolu_2'])
})

test('a hook whose commit was refused at first is deleted by a deletion after it', async () => {
  await using ingest = await testApp()
  ingest.writer.sqlite.pragma('query_only = on')
  await sendHook(ingest, hookOf('toolu_1'))
  await until(() => ingest.recorder.lastError !== undefined)
  expect((await erase(ingest, { session_id: 's-1' })).statusCode).toBe(503)
  ingest.writer.sqlite.pragma('query_only = off')
  expect((await erase(ingest, { session_id: 's-1' })).json()).toMatchObject({ invocations: 1 })
  expect(await storedIds(ingest)).toEqual([])
})

test('the status of a deletion is read by its receipt, in its own project only', async () => {
  await using ingest = await testApp()
  await ingest.post(CALLS)
  const { selection: _, ...receipt } = (await erase(ingest, { session_id: 's-1' })).json()
  const read = (headers = {}) => ingest.app.inject({ url: `/v1/deletions/${receipt.receipt_id}`, headers })
  expect((await read()).json()).toEqual(receipt)
  await ingest.recorder.finalise()
  expect((await read()).json()).toEqual({ ...receipt, status: 'final', final_at: receipt.deleted_at })
  const key = await createKey(ingest, { name: 'team', scopes: ['admin'], project: 'team' })
  expect((await read({ authorization: `Bearer ${key}` })).statusCode).toBe(404)
})
