import type { CreateExperiment } from '@skillwatch/schema'
import { experimentGroup } from '@skillwatch/schema/experiment-group'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NOW_MS, testApp } from '../support.ts'

type Ingest = Awaited<ReturnType<typeof testApp>>

const EXPERIMENT: CreateExperiment = {
  test_name: 'prompts',
  control_strategy: 'plain',
  treatment_strategy: 'step-by-step',
}

const post = ({ app }: Ingest, path: string, payload?: unknown, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: `/v1/${path}`,
    headers: { ...(payload !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(payload !== undefined && { payload: JSON.stringify(payload) }),
  })

const outcome = (user_id: string, more: object = {}) => ({
  ...{ user_id, outcome_id: `of ${user_id}`, skill_name: 'plan', completed: true },
  ...more,
})

let shared: Ingest
beforeAll(async () => {
  shared = await testApp()
  await post(shared, 'experiments', EXPERIMENT)
})
afterAll(() => shared[Symbol.asyncDispose]())

test('a new experiment is returned with its defaults, and the same one again changes nothing', async () => {
  await using ingest = await testApp()
  const created = await post(ingest, 'experiments', EXPERIMENT)
  expect([created.statusCode, created.json()]).toEqual([
    201,
    {
      ...EXPERIMENT,
      ...{ description: null, end_date: null, ended_at: null, status: 'running' },
      ...{ min_sample_size: 100, assignment_ratio: 0.5, min_effect: 0.1, cost_cap_usd: 1 },
      metrics: ['completion_rate', 'duration_seconds', 'rating', 'cost_usd'],
      start_date: new Date(NOW_MS).toISOString(),
      created_at: new Date(NOW_MS).toISOString(),
      control: { users: 0, users_with_outcomes: 0 },
      treatment: { users: 0, users_with_outcomes: 0 },
    },
  ])
  const again = await post(ingest, 'experiments', EXPERIMENT)
  expect([again.statusCode, again.json()]).toEqual([200, created.json()])
  const other = await post(ingest, 'experiments', { ...EXPERIMENT, assignment_ratio: 0.2 })
  expect([other.statusCode, other.json().detail]).toEqual([409, expect.stringContaining('another name')])
})

test.each<[string, object, string]>([
  ['a ratio of nobody', { assignment_ratio: 0 }, '/assignment_ratio'],
  ['few users', { min_sample_size: 20 }, '/min_sample_size'],
  ['no metric', { metrics: [] }, '/metrics'],
  ['an unknown metric', { metrics: ['tokens'] }, '/metrics/0'],
  ['money without an effect', { metrics: ['cost_usd'] }, '/min_effect'],
  ['a share above 1', { min_effect: 1.5 }, '/min_effect'],
  ['an end in the past', { end_date: NOW_MS - 1 }, '/end_date'],
  ['an end before its start', { start_date: NOW_MS + 2, end_date: NOW_MS + 1 }, '/end_date'],
  ['a start of words', { start_date: 'tomorrow' }, '/start_date'],
  ['an unknown field', { variant: 'c' }, '/variant'],
  ['a secret as its name', { test_name: `ghp_${'a'.repeat(30)}` }, '/test_name'],
  ['a line break in its name', { test_name: 'a\nb' }, '/test_name'],
])('an experiment with %s is refused, and the answer points to it', async (_, more, pointer) => {
  const reply = await post(shared, 'experiments', { ...EXPERIMENT, test_name: 'refused', ...more })
  expect(reply.statusCode).toBe(422)
  expect(reply.json().errors).toContainEqual({ pointer, reason: expect.stringMatching(/./) })
})

test('a user is assigned once, and the answer names the strategy', async () => {
  const first = await post(shared, 'experiments/prompts/assignments', { user_id: 'ada' })
  const { group_name } = first.json()
  expect([first.statusCode, first.json()]).toEqual([
    200,
    {
      ...{ test_name: 'prompts', group_name, assigned_at: new Date(NOW_MS).toISOString(), is_new: true },
      strategy: group_name === 'control' ? 'plain' : 'step-by-step',
    },
  ])
  const again = await post(shared, 'experiments/prompts/assignments', { user_id: 'ada' })
  expect(again.json()).toEqual({ ...first.json(), is_new: false })
})

test('good outcomes of a batch are stored, and each bad one is named', async () => {
  await post(shared, 'experiments/prompts/assignments', { user_id: 'bob' })
  const reply = await post(shared, 'experiments/prompts/outcomes', [
    outcome('bob', { duration_seconds: 3, rating: 5, cost_usd: 0.1 }),
    outcome('eve'),
    outcome('bob', { rating: 6 }),
    outcome('bob'),
    outcome('bob', { outcome_id: undefined }),
    outcome('bob', { test_name: 'other' }),
  ])
  expect([reply.statusCode, reply.json()]).toEqual([
    200,
    {
      ...{ accepted: 2, duplicates: 1 },
      rejected: [
        { index: 1, pointer: '', reason: 'is of a user who is not assigned to a group' },
        { index: 2, pointer: '/rating', reason: expect.stringMatching(/./) },
        { index: 5, pointer: '/test_name', reason: expect.stringMatching(/^is not a known field/) },
      ],
    },
  ])
  const nothing = await post(shared, 'experiments/prompts/outcomes', outcome('eve'))
  expect([nothing.statusCode, nothing.json().errors]).toEqual([
    422,
    [expect.objectContaining({ index: 0, reason: 'is of a user who is not assigned to a group' })],
  ])
})

test('records of several experiments are taken in their order, also as lines', async () => {
  await post(shared, 'experiments', { ...EXPERIMENT, test_name: 'second' })
  const other = (await experimentGroup('second', 'ada', 0.5)) === 'control' ? 'treatment' : 'control'
  const records = [
    { type: 'outcome', test_name: 'second', ...outcome('ada') },
    { type: 'assignment', test_name: 'second', user_id: 'ada' },
    { type: 'outcome', test_name: 'second', ...outcome('ada') },
    { type: 'guess', test_name: 'second' },
    { type: 'assignment', test_name: 'second', user_id: 'ada', group: 'control' },
    { type: 'assignment', test_name: 'second', user_id: 'ada', group_name: other },
    { type: 'outcome', test_name: 'unknown', ...outcome('ada') },
  ]
  const reply = await shared.app.inject({
    method: 'POST',
    url: '/v1/experiment-records',
    headers: { 'content-type': 'application/x-ndjson' },
    payload: records.map((record) => JSON.stringify(record)).join('\n'),
  })
  expect(reply.json()).toMatchObject({
    ...{ accepted: 2, duplicates: 0 },
    rejected: [
      { index: 0, reason: 'is of a user who is not assigned to a group' },
      { index: 3, pointer: '/type' },
      { index: 4, pointer: '/group' },
      { index: 5, reason: expect.stringContaining('the experiment has assignment_ratio 0.5') },
      { index: 6, reason: expect.stringContaining('there is no experiment "unknown"') },
    ],
  })
  expect(await shared.metricsText()).toMatch(
    /skillwatch_ingest_experiment_records_total\{result="rejected"\} [1-9]/,
  )
})

test('a concluded experiment keeps its analysis, and takes no users and no outcomes', async () => {
  await using ingest = await testApp()
  await post(ingest, 'experiments', EXPERIMENT)
  await post(ingest, 'experiments/prompts/assignments', { user_id: 'ada' })
  await post(ingest, 'experiments/prompts/outcomes', outcome('ada'))
  const concluded = await post(ingest, 'experiments/prompts/conclude')
  expect([concluded.statusCode, concluded.json()]).toMatchObject([
    200,
    { status: 'concluded', ended_at: expect.any(String), analysis: { verdict: 'not_enough_data' } },
  ])
  await ingest.recorder.delete(1, { user_id: 'ada' })
  const { analysis } = (await post(ingest, 'experiments/prompts/conclude')).json()
  expect(analysis).toEqual(concluded.json().analysis)
  const assign = await post(ingest, 'experiments/prompts/assignments', { user_id: 'bob' })
  expect([assign.statusCode, assign.json().detail]).toEqual([409, 'experiment "prompts" is concluded'])
  expect((await post(ingest, 'experiments/prompts/outcomes', outcome('bob'))).statusCode).toBe(422)
  expect((await post(ingest, 'experiments/prompts/stop')).statusCode).toBe(409)
})

test('a stopped experiment has no conclusion, and an unknown one is not found', async () => {
  await post(shared, 'experiments', { ...EXPERIMENT, test_name: 'over' })
  expect((await post(shared, 'experiments/over/stop')).json()).toMatchObject({ status: 'stopped' })
  expect((await post(shared, 'experiments/over/stop')).statusCode).toBe(200)
  expect((await post(shared, 'experiments/over/conclude')).statusCode).toBe(409)
  for (const path of ['stop', 'conclude', 'assignments']) {
    const payload = path === 'assignments' ? { user_id: 'ada' } : undefined
    const reply = await post(shared, `experiments/nothing/${path}`, payload)
    expect([reply.statusCode, reply.json().detail]).toEqual([
      404,
      'there is no experiment "nothing"; GET /v1/experiments lists all',
    ])
  }
})

test('a name of 200 characters is found at its address', async () => {
  const test_name = 'é'.repeat(200)
  await post(shared, 'experiments', { ...EXPERIMENT, test_name })
  const path = `experiments/${encodeURIComponent(test_name)}`
  expect((await post(shared, `${path}/assignments`, { user_id: 'ada' })).json()).toMatchObject({ test_name })
  const reply = await post(shared, `${path}/outcomes`, outcome('ada'))
  expect(reply.json()).toMatchObject({ accepted: 1 })
})

test('scope experiments creates and ends, scope ingest assigns and records, each in its project', async () => {
  await using ingest = await testApp()
  const keyOf = async (scope: string) => {
    const payload = { name: 'test', scopes: [scope], project: 'team' }
    const { api_key } = (await ingest.app.inject({ method: 'POST', url: '/v1/keys', payload })).json()
    return { authorization: `Bearer ${api_key}` }
  }
  const [manager, agent] = [await keyOf('experiments'), await keyOf('ingest')]
  const assign = (headers: Record<string, string>) =>
    post(ingest, 'experiments/prompts/assignments', { user_id: 'ada' }, headers)
  expect((await post(ingest, 'experiments', EXPERIMENT, agent)).statusCode).toBe(403)
  expect((await post(ingest, 'experiments', EXPERIMENT, manager)).statusCode).toBe(201)
  expect((await assign(manager)).statusCode).toBe(403)
  expect((await assign(agent)).statusCode).toBe(200)
  expect((await post(ingest, 'experiments/prompts/stop', undefined, agent)).statusCode).toBe(403)
  // Without a key the project is `default`, which has no such experiment.
  expect((await assign({})).statusCode).toBe(404)
})
