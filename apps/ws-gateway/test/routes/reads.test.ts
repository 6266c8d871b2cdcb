import { createApiKey } from '@skillwatch/db'
import {
  BLIND_SPOTS,
  Invocation,
  SessionCoverage,
  SessionSummary,
  SkillSummary,
  TimeSeriesPoint,
} from '@skillwatch/schema'
import { NOW_MS } from '@skillwatch/testkit'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { type Answer, get } from './read.ts'

const MINUTE_MS = 60_000

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
  await gateway.record([
    { invocation_id: 'a', skill_name: 'pdf-fill', session_id: 'one', invoked_at: NOW_MS - 3 * MINUTE_MS },
    {
      invocation_id: 'b',
      skill_name: 'pdf-fill',
      session_id: 'two',
      invoked_at: NOW_MS - 2 * MINUTE_MS,
      outcome: 'failed',
    },
    {
      invocation_id: 'c',
      skill_name: 'docs/écrire 100%',
      session_id: 'one',
      invoked_at: NOW_MS - MINUTE_MS,
    },
    {
      invocation_id: 'd/e',
      kind: 'command',
      skill_name: 'commit',
      session_id: 'a/b c',
      workflow_phase: 'setup',
    },
  ])
})
afterAll(() => gateway.close())

const ids = (items: Record<string, unknown>[] | undefined) => items?.map((item) => item.invocation_id)

test('every item matches its schema and has no other field', async () => {
  const lists: [string, TSchema][] = [
    ['/v1/skills', SkillSummary],
    ['/v1/sessions', SessionSummary],
    ['/v1/invocations', Invocation],
    ['/v1/time-series', TimeSeriesPoint],
    ['/v1/coverage', SessionCoverage],
  ]
  for (const [path, schema] of lists) {
    const { status, type, body } = await get(gateway, path)
    expect([status, type, body.next_cursor]).toEqual([200, 'application/json; charset=utf-8', null])
    expect(body.items!.length).toBeGreaterThan(1)
    for (const item of body.items!) {
      expect([...Value.Errors(schema, item)]).toEqual([])
      expect(Value.Clean(schema, structuredClone(item))).toEqual(item)
    }
  }
})

test('skills can be ordered, limited to a kind, and read page by page', async () => {
  const first = await get(gateway, '/v1/skills?order_by=failed_count&limit=1')
  expect(first.body.items).toMatchObject([{ skill_name: 'pdf-fill', failed_count: 1, completion_rate: 0.5 }])
  const rest = await get(gateway, `/v1/skills?order_by=failed_count&cursor=${first.body.next_cursor}`)
  expect(rest.body.items).toHaveLength(2)
  const commands = await get(gateway, '/v1/skills?kind=command')
  expect(commands.body.items).toMatchObject([{ kind: 'command', skill_name: 'commit' }])
})

test('a skill that a path cannot carry is found by its exact name, others by the beginning of theirs', async () => {
  await using own = await startGateway()
  await own.record([{ skill_name: '..' }, { skill_name: '..', kind: 'command' }, { skill_name: '../x' }])
  const names = async (query: string) =>
    (await get(own, `/v1/skills?${query}`)).body.items?.map(
      ({ kind, skill_name }) => `${kind} ${skill_name}`,
    )
  expect((await get(own, '/v1/skills/..')).status).toBe(404)
  expect(await names('skill_name=..')).toEqual(['command ..', 'skill ..'])
  expect(await names('skill_name=..&kind=skill')).toEqual(['skill ..'])
  expect(await names('prefix=..%2F')).toEqual(['skill ../x'])
  expect(await names('skill_name=none')).toEqual([])
})

test.each(['/v1/skills', '/v1/sessions', '/v1/coverage'])(
  '%s goes both ways, and refuses the cursor of the other way',
  async (path) => {
    const first = async (order: string) => (await get(gateway, `${path}?order=${order}&limit=1`)).body
    const [up, down] = [await first('asc'), await first('desc')]
    expect((await get(gateway, `${path}?limit=1`)).body).toEqual(down)
    expect(up.items).not.toEqual(down.items)
    const rest = await get(gateway, `${path}?order=asc&cursor=${up.next_cursor}`)
    expect(rest.body.items).toHaveLength(2)
    const turned = await get(gateway, `${path}?order=desc&cursor=${up.next_cursor}`)
    expect([turned.status, turned.body.detail]).toEqual([
      400,
      expect.stringMatching(/^cursor expected a next_cursor of this list in this order/),
    ])
  },
)

test('one skill is found by its name and kind, whatever characters the name has', async () => {
  const name = encodeURIComponent('docs/écrire 100%')
  expect((await get(gateway, `/v1/skills/${name}`)).body).toMatchObject({
    skill_name: 'docs/écrire 100%',
    invocation_count_1h: 1,
  })
  expect((await get(gateway, '/v1/skills/commit?kind=command')).body.invocation_count).toBe(1)
  expect((await get(gateway, '/v1/skills/commit')).status).toBe(404)
})

test('sessions are listed by latest activity; one has its skills and an ordered timeline', async () => {
  const { body } = await get(gateway, '/v1/sessions')
  expect(body.items!.map((session) => session.session_id)).toEqual(['a/b c', 'one', 'two'])
  const one = await get(gateway, '/v1/sessions/one')
  expect(one.body).toMatchObject({
    invocation_count: 2,
    skills: [{ invocation_count: 1 }, { invocation_count: 1 }],
  })
  expect(ids((await get(gateway, '/v1/sessions/one/invocations')).body.items)).toEqual(['a', 'c'])
  expect(ids((await get(gateway, '/v1/sessions/a%2Fb%20c/invocations')).body.items)).toEqual(['d/e'])
})

test('sessions are found by the beginning of their id, with a cursor', async () => {
  const list = async (query: string) => (await get(gateway, `/v1/sessions?${query}`)).body
  const idsOf = ({ items }: Answer['body']) => items!.map((session) => session.session_id)
  expect(idsOf(await list('prefix=o'))).toEqual(['one'])
  expect(idsOf(await list('prefix=a%2Fb%20'))).toEqual(['a/b c'])
  expect(idsOf(await list('prefix=ones'))).toEqual([])
  const first = await list('prefix=t&limit=1')
  expect([idsOf(first), first.next_cursor]).toEqual([['two'], null])
})

test('invocations are listed latest first, and filters narrow them', async () => {
  const list = async (query: string) => ids((await get(gateway, `/v1/invocations${query}`)).body.items)
  expect(await list('')).toEqual(['d/e', 'c', 'b', 'a'])
  expect(await list('?order=asc&limit=2')).toEqual(['a', 'b'])
  expect(await list('?skill_name=pdf-fill&outcome=failed')).toEqual(['b'])
  expect(await list('?session_id=one&kind=skill')).toEqual(['c', 'a'])
  expect(await list('?workflow_phase=setup')).toEqual(['d/e'])
  expect(await list(`?since=${NOW_MS - 2 * MINUTE_MS}&until=${NOW_MS - MINUTE_MS}`)).toEqual(['b'])
  const since = new Date(NOW_MS - 2 * MINUTE_MS + 2 * 3_600_000).toISOString().replace('Z', '+02:00')
  expect(await list(`?since=${encodeURIComponent(since)}&order=asc`)).toEqual(['b', 'c', 'd/e'])
  expect(await list(`?since=${since}&order=asc`)).toEqual(['b', 'c', 'd/e'])
})

test('coverage lists by page and by session which witness saw what, and the blind spots', async () => {
  const first = await get(gateway, '/v1/coverage?limit=2')
  expect(first.body.items!.map((session) => session.session_id)).toEqual(['a/b c', 'one'])
  expect(first.body.blind_spots).toEqual(BLIND_SPOTS)
  const rest = await get(gateway, `/v1/coverage?cursor=${first.body.next_cursor}`)
  expect(rest.body.items).toMatchObject([{ session_id: 'two', invocation_count: 1 }])
  const one = await get(gateway, '/v1/coverage?session_id=one')
  expect(one.body).toMatchObject({
    items: [
      { invocation_count: 2, witnesses: [{ witness: 'sdk', seen_count: 2, missed_count: 0, missed: [] }] },
    ],
    next_cursor: null,
  })
  expect((await get(gateway, '/v1/coverage?session_id=unknown')).status).toBe(404)
  expect((await get(gateway, '/v1/coverage?cursor=abc')).status).toBe(400)
})

test('one invocation is found by its id, slashes included', async () => {
  expect((await get(gateway, '/v1/invocations/d%2Fe')).body).toMatchObject({
    invocation_id: 'd/e',
    completed: true,
  })
})

test('the time series has the last day by the hour', async () => {
  const { body } = await get(gateway, '/v1/time-series?skill_name=pdf-fill')
  const counts = body.items!.map((point) => point.invocation_count as number)
  expect(counts.reduce((a, b) => a + b, 0)).toBe(2)
  const until = new Date(NOW_MS - 48 * 60 * MINUTE_MS).toISOString()
  expect((await get(gateway, `/v1/time-series?until=${until}`)).body.items).toEqual([])
})

test('the position of the change log has the form that subscribe accepts', async () => {
  const { body } = await get(gateway, '/v1/stream')
  expect(body).toEqual({ epoch: expect.any(String), offset: 4, oldest_offset: 1 })
})

test('a key reads only its own project, and needs scope read', async () => {
  await using closed = await startGateway({ access: { mode: 'deny', hasKeys: () => true } })
  await closed.record([{ skill_name: 'of-default' }])
  const bearer = (scopes: ('read' | 'ingest')[], project: string) => {
    const { api_key } = createApiKey(closed.writer, { name: 'test', scopes, project }, NOW_MS)
    return { authorization: `Bearer ${api_key}` }
  }
  const own = bearer(['read'], 'default')
  const other = bearer(['read'], 'other')
  expect((await get(closed, '/v1/skills')).status).toBe(401)
  expect((await get(closed, '/v1/skills', bearer(['ingest'], 'default'))).status).toBe(403)
  expect((await get(closed, '/v1/skills', own)).body.items).toMatchObject([{ skill_name: 'of-default' }])
  for (const path of ['/v1/skills', '/v1/sessions', '/v1/invocations', '/v1/time-series', '/v1/coverage'])
    expect((await get(closed, path, other)).body.items).toEqual([])
  expect((await get(closed, '/v1/sessions?prefix=s', own)).body.items).toHaveLength(1)
  expect((await get(closed, '/v1/sessions?prefix=s', other)).body.items).toEqual([])
  expect((await get(closed, '/v1/skills/of-default', other)).status).toBe(404)
  expect((await get(closed, '/v1/stream', other)).body.offset).toBe(0)
})
