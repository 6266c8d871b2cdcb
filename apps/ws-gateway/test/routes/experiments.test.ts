import { createApiKey } from '@skillwatch/db'
import { formatInstant, parseExperiment, parseExperimentRecord } from '@skillwatch/schema'
import { NOW_MS } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { get } from './read.ts'

const USERS = 400

async function create({ recorder, projectId }: TestGateway, test_name: string): Promise<void> {
  const strategies = { control_strategy: 'plain', treatment_strategy: 'step-by-step' }
  const result = parseExperiment({ test_name, ...strategies }, NOW_MS)
  if ('pointer' in result) throw new TypeError(result.reason)
  await recorder.experiments.create(projectId, result.experiment)
}

async function record({ recorder, projectId }: TestGateway, records: readonly object[]) {
  const parsed = records.map((value) => {
    const result = parseExperimentRecord(value, NOW_MS, () => crypto.randomUUID())
    if ('pointer' in result) throw new TypeError(result.reason)
    return result.record
  })
  return recorder.experiments.record(projectId, parsed)
}

/** Users of whom those of the control group complete half, and those of the treatment group nearly all. */
async function fill(gateway: TestGateway, test_name: string): Promise<void> {
  const users = Array.from({ length: USERS }, (_, index) => ({ test_name, user_id: `user-${index}` }))
  const assigned = await record(
    gateway,
    users.map((user) => ({ type: 'assignment', ...user })),
  )
  const isControl = (index: number) => {
    const result = assigned[index]!
    return 'group_name' in result && result.group_name === 'control'
  }
  const outcomes = users.map((user, index) => ({
    ...{ type: 'outcome', ...user, skill_name: 'plan', duration_seconds: 10 },
    completed: isControl(index) ? index % 2 === 0 : index % 20 !== 0,
  }))
  await record(gateway, outcomes)
}

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
  for (const name of ['first', 'second', 'third']) await create(gateway, name)
  await fill(gateway, 'first')
  await gateway.recorder.experiments.end(gateway.projectId, 'second', 'stopped')
})
afterAll(() => gateway.close())

const named = async (query: string) =>
  (await get(gateway, `/v1/experiments${query}`)).body.items!.map(({ test_name }) => test_name)

test('an experiment is given with its configuration, its groups and its analysis', async () => {
  const { status, body } = await get(gateway, '/v1/experiments/first')
  const counts = { users: expect.any(Number), users_with_outcomes: expect.any(Number) }
  expect([status, body]).toMatchObject([
    200,
    {
      ...{ test_name: 'first', status: 'running', control: counts, treatment: counts },
      analysis: {
        ...{ analysed_at: formatInstant(NOW_MS), verdict: 'treatment', alpha: 0.05 },
        metrics: [
          { metric: 'completion_rate', primary: true, better: 'treatment' },
          { metric: 'duration_seconds', effect: 1, p: 1, q: 1, better: null },
          { metric: 'rating', p: null, control: { users: 0, mean: null } },
          { metric: 'cost_usd', p: null },
        ],
      },
    },
  ])
  const { assigned } = body.analysis as { assigned: { control: number; treatment: number } }
  expect(assigned.control + assigned.treatment).toBe(USERS)
})

test('before anything is recorded the analysis says that there is not enough data', async () => {
  const { body } = await get(gateway, '/v1/experiments/third')
  expect(body).toMatchObject({ analysis: { verdict: 'not_enough_data' }, control: { users: 0 } })
})

test.each([
  ['', ['third', 'second', 'first']],
  ['?order=asc', ['first', 'second', 'third']],
  ['?status=stopped', ['second']],
  ['?status=running&limit=1', ['third']],
])('the list %s has %j', async (query, names) => {
  expect(await named(query)).toEqual(names)
})

test('pages follow each other by their cursor', async () => {
  const { body } = await get(gateway, '/v1/experiments?limit=2')
  expect(await named(`?limit=2&cursor=${body.next_cursor}`)).toEqual(['first'])
})

test.each([
  ['?status=over', '/status'],
  ['?cursor=banana', '/cursor'],
  ['?name=first', '/name'],
])('%s is answered by a problem that names %s', async (query, pointer) => {
  const { status, body } = await get(gateway, `/v1/experiments${query}`)
  expect([status, body.errors]).toEqual([400, [expect.objectContaining({ pointer })]])
})

test('an experiment of another project is not found, and a key needs scope read', async () => {
  const read = async (scope: 'read' | 'experiments', project: string) => {
    const { api_key } = createApiKey(gateway.writer, { name: 'test', scopes: [scope], project }, NOW_MS)
    const headers = { authorization: `Bearer ${api_key}` }
    const { status, body } = await get(gateway, '/v1/experiments/first', headers)
    return [status, body.test_name]
  }
  expect(await read('read', 'default')).toEqual([200, 'first'])
  expect(await read('read', 'other')).toEqual([404, undefined])
  expect(await read('experiments', 'default')).toEqual([403, undefined])
})
