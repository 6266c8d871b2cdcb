import { createApiKey } from '@skillwatch/db'
import { parseReport } from '@skillwatch/schema'
import { aDependency, aDependencyReport, aTransition, NOW_MS } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { get } from './read.ts'

const PAIRS = [
  aDependency({ skill_b: 'plan', lift_score: 3 }),
  aDependency({ skill_a: 'build', skill_b: 'deploy', lift_score: 4, q_value: 0.2 }),
  aDependency({ kind_b: 'command', skill_a: 'build', skill_b: 'plan', lift_score: 2 }),
]
const FOLLOWS = [
  aTransition({ from_skill: 'plan', to_skill: 'deploy', lift_score: 3 }),
  aTransition({ from_skill: 'deploy', to_skill: 'plan', lift_score: 2 }),
  aTransition({ from_skill: 'build', to_kind: 'command', to_skill: 'plan', lift_score: 1.5 }),
]
const SESSIONS = aDependencyReport({ dependencies: PAIRS, transitions: FOLLOWS })
const TURNS = aDependencyReport({ unit: 'turn', units: 12, transitions_counted: 0 })

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
  const skills = ['build', 'deploy', 'plan'].map((skill_name) => ({ skill_name }))
  await gateway.record([...skills, { skill_name: 'plan', kind: 'command' }])
  for (const report of [SESSIONS, TURNS]) {
    const parsed = parseReport(report, NOW_MS)
    if ('refusals' in parsed) throw new TypeError(JSON.stringify(parsed.refusals))
    await gateway.recorder.recordFindings(gateway.projectId, parsed.report)
  }
})
afterAll(() => gateway.close())

const listed = async (path: string) =>
  (await get(gateway, path)).body.items!.map(({ skill_a, skill_b, from_skill, to_skill }) =>
    skill_a === undefined ? `${from_skill}>${to_skill}` : `${skill_a}+${skill_b}`,
  )

test('pairs are given with all their fields and what they were computed from', async () => {
  const { status, body } = await get(gateway, '/v1/dependencies?limit=1')
  const { type: _, dependencies: __, transitions: ___, ...counted } = SESSIONS
  expect(status).toBe(200)
  expect(body).toEqual({
    items: [{ ...PAIRS[0], last_updated_at: '2026-11-22T12:00:00.000Z' }],
    next_cursor: expect.any(String),
    sample: { ...counted, enough: true },
  })
  expect((await get(gateway, '/v1/transitions?limit=1')).body).toEqual({
    items: [{ ...FOLLOWS[0], last_updated_at: '2026-11-22T12:00:00.000Z' }],
    next_cursor: expect.any(String),
    sample: { ...counted, enough: true },
  })
})

test.each([
  ['/v1/dependencies', ['deploy+plan', 'build+plan']],
  ['/v1/dependencies?q_max=1', ['build+deploy', 'deploy+plan', 'build+plan']],
  ['/v1/dependencies?min_lift=2.5', ['deploy+plan']],
  ['/v1/dependencies?skill_name=build&q_max=0.2', ['build+deploy', 'build+plan']],
  ['/v1/dependencies?skill_name=plan&kind=command', ['build+plan']],
  ['/v1/dependencies?kind=agent', []],
  ['/v1/transitions?from=plan', ['plan>deploy']],
  ['/v1/transitions?to=plan', ['deploy>plan', 'build>plan']],
  ['/v1/transitions?to=plan&to_kind=command', ['build>plan']],
  ['/v1/transitions?from=deploy&from_kind=agent', []],
])('%s selects %j', async (path, names) => {
  expect(await listed(path)).toEqual(names)
})

test('too few units are an answer that says how many are needed', async () => {
  for (const list of ['dependencies', 'transitions']) {
    const { status, body } = await get(gateway, `/v1/${list}?unit=turn`)
    expect([status, body.items]).toEqual([200, []])
    expect(body.sample).toMatchObject({
      ...{ unit: 'turn', enough: false, units: 12, units_needed: 50 },
      ...{ transitions_counted: 0, transitions_needed: 50 },
    })
  }
})

test('pages follow each other by their cursor', async () => {
  const first = await get(gateway, '/v1/transitions?limit=2')
  expect(await listed(`/v1/transitions?limit=2&cursor=${first.body.next_cursor}`)).toEqual(['build>plan'])
})

test.each([
  ['/v1/dependencies?unit=day', '/unit'],
  ['/v1/dependencies?min_lift=high', '/min_lift'],
  ['/v1/dependencies?q_max=5', '/q_max'],
  ['/v1/dependencies?cursor=banana', '/cursor'],
  ['/v1/dependencies?from=plan', '/from'],
  ['/v1/transitions?skill_name=plan', '/skill_name'],
])('%s is answered by a problem that names %s', async (path, pointer) => {
  const { status, body } = await get(gateway, path)
  expect([status, body.errors]).toEqual([400, [expect.objectContaining({ pointer })]])
})

test('a key reads those of its own project, where nothing was computed yet, and needs scope read', async () => {
  const key = (scope: 'read' | 'findings', project: string) =>
    createApiKey(gateway.writer, { name: 'test', scopes: [scope], project }, NOW_MS).api_key
  const read = async (path: string, api_key: string) => {
    const { status, body } = await get(gateway, path, { authorization: `Bearer ${api_key}` })
    return [status, body.items?.length, body.sample === null]
  }
  for (const [path, count] of [
    ['/v1/dependencies', 2],
    ['/v1/transitions', 3],
  ] as const) {
    expect(await read(path, key('read', 'default'))).toEqual([200, count, false])
    expect(await read(path, key('read', 'other'))).toEqual([200, 0, true])
    expect(await read(path, key('findings', 'default'))).toEqual([403, undefined, false])
  }
})
