import { createApiKey } from '@skillwatch/db'
import { type AnalysisReport, formatInstant, type Prediction, parseReport } from '@skillwatch/schema'
import { aPrediction, aPredictionReport, aWorkflowReport, NOW_MS } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { get } from './read.ts'

const MINUTE_MS = 60_000
const RUNNING = { outcome: 'running', execution_ms: undefined, ended_at: undefined } as const

async function report({ recorder, projectId }: TestGateway, body: AnalysisReport): Promise<void> {
  const result = parseReport(body, NOW_MS)
  if ('refusals' in result) throw new TypeError(JSON.stringify(result.refusals))
  await recorder.recordFindings(projectId, result.report)
}

const NO_BETTER = aPrediction({
  skill_name: 'deploy',
  verdict: 'no better than the base rate',
  base_rate: 0.6,
})
const LACKING = aPrediction({
  ...{ skill_name: 'plan', verdict: 'not enough data', judgement: null, model: null },
  lacks: { enough: false, unit: 'calls', have: 12, need: 200 },
})

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
  await gateway.record([
    { skill_name: 'pdf-fill', session_id: 'open', invoked_at: NOW_MS - 30 * MINUTE_MS, execution_ms: 1_000 },
    {
      ...{ skill_name: 'pdf-fill', session_id: 'open', invoked_at: NOW_MS - 20 * MINUTE_MS },
      ...{ execution_ms: 1_000, outcome: 'failed' },
    },
    { skill_name: 'review', session_id: 'open', invoked_at: NOW_MS - 10 * MINUTE_MS, ...RUNNING },
    { skill_name: 'deploy', session_id: 'other' },
    { skill_name: 'plan', session_id: 'other' },

    { skill_name: 'both', session_id: 'other' },
    { skill_name: 'both', kind: 'agent', session_id: 'other' },
  ])
  await report(gateway, aPredictionReport([aPrediction(), NO_BETTER, LACKING]))
  await report(gateway, aWorkflowReport())
})
afterAll(() => gateway.close())

const predict = async (query: string) => {
  const { status, body } = await get(gateway, `/v1/predictions?${query}`)
  expect(status).toBe(200)
  return body as unknown as Prediction
}

test('a model that is better answers, beside its scores and those of the base rate', async () => {
  const answer = await predict('skill_name=pdf-fill&workflow_phase=setup')
  // The model of the test: log odds of 0.5, and 2 more in `setup`.
  expect(answer.probability).toBeCloseTo(1 / (1 + Math.exp(-2.5)), 10)
  expect(answer).toMatchObject({
    ...{
      kind: 'skill',
      source: 'model',
      verdict: 'better than the base rate',
      base_rate: 0.75,
      lacks: null,
    },
    judgement: { brier: 0.12, base_brier: 0.19, auc: 0.85, judged_calls: 80, calibration: [{}, {}] },
    known: { workflow_phase: 'setup', position: 0, calls_24h: 2, completed_24h: 1, previous: null },
    run: { time_zone: 'UTC', until: formatInstant(NOW_MS) },
  })
  // All 40 judged calls with such a probability completed; Wilson with 40 / 1.25 calls.
  expect(answer.interval![0]).toBeCloseTo(0.892817, 5)
  expect(answer.interval![1]).toBe(1)
})

test('what the session did before is known, and running calls have no outcome', async () => {
  const { known, probability } = await predict('skill_name=pdf-fill&session_id=open')
  expect(known).toMatchObject({
    ...{ position: 3, session_ms: 30 * MINUTE_MS, session_calls: 2, session_completed: 1 },
    ...{ own_calls: 2, own_completed: 1, previous_failed: 0, previous: { skill_name: 'review' } },
  })
  // The previous skill takes 1 from the log odds.
  expect(probability).toBeCloseTo(1 / (1 + Math.exp(0.5)), 10)
})

test('where the model is no better, the answer is the base rate, with the scores that say so', async () => {
  expect(await predict('skill_name=deploy')).toMatchObject({
    ...{
      probability: 0.6,
      source: 'base rate',
      verdict: 'no better than the base rate',
      interval: [0.7, 0.8],
    },
    judgement: { brier: 0.12 },
  })
})

test('without enough data the answer is the base rate, and what lacks is named', async () => {
  expect(await predict('skill_name=plan')).toMatchObject({
    ...{ probability: 0.75, source: 'base rate', verdict: 'not enough data', judgement: null },
    lacks: { unit: 'calls', have: 12, need: 200 },
  })
  expect(await predict('skill_name=review')).toMatchObject({
    ...{ probability: null, base_rate: null, verdict: 'not enough data', interval: null },
  })
})

test('the hour and weekday are those of the call, in the time zone of the run', async () => {
  const at = NOW_MS + 86_400_000
  const date = new Date(at)
  const { known, at: shown } = await predict(`skill_name=pdf-fill&at=${at}`)
  expect(known).toMatchObject({ hour: date.getUTCHours(), weekday: (date.getUTCDay() + 6) % 7 })
  expect(shown).toBe(formatInstant(at))
})

test.each([
  ['', '/skill_name'],
  ['skill_name=both', '/kind'],
  ['skill_name=plan&at=2d', '/at'],
  ['skill_name=plan&at=banana', '/at'],
  ['skill_name=plan&user_id=ada', '/user_id'],
])('?%s is answered by a problem that names %s', async (query, pointer) => {
  const { status, body } = await get(gateway, `/v1/predictions?${query}`)
  expect([status, body.errors]).toEqual([400, [expect.objectContaining({ pointer })]])
})

test('a skill without calls is not found, and a name of two kinds is found with its kind', async () => {
  expect((await get(gateway, '/v1/predictions?skill_name=unknown')).status).toBe(404)
  expect((await get(gateway, '/v1/predictions?skill_name=plan&kind=agent')).status).toBe(404)
  expect(await predict('skill_name=both&kind=agent')).toMatchObject({ kind: 'agent', probability: 1 })
})

test('the workflow has its phases, and its bottlenecks by what would be gained', async () => {
  const { body } = await get(gateway, '/v1/workflow')
  const { type: _, skills, phases, transitions, ...run } = aWorkflowReport()
  expect(body).toMatchObject({
    run: { ...run, computed_at: formatInstant(NOW_MS) },
    phases,
    transitions,
    bottlenecks: [
      {
        ...{ workflow_phase: 'execution', gain_ms: 65_000, slow_ms: 50_000, failed_ms: 15_000, failed: 10 },
        skill: { kind: 'skill', skill_name: 'pdf-fill', gain_ms: 38_000 },
      },
      { workflow_phase: 'setup', gain_ms: 20_000, gain_share: 20_000 / 85_000 },
    ],
  })
  expect((body as unknown as { skills: object[] }).skills).toHaveLength(skills.length)
})

test('one phase can be asked for, and fewer skills', async () => {
  const { body } = await get(gateway, '/v1/workflow?workflow_phase=execution&skills=1')
  expect(body).toMatchObject({
    phases: [{ workflow_phase: 'execution' }],
    skills: [{ skill_name: 'pdf-fill', calls: 70 }],
    transitions: [{ from_phase: 'setup' }],
  })
})

test('before the first run there are no predictions of a model and no phases', async () => {
  await using empty = await startGateway()
  expect((await get(empty, '/v1/workflow')).body).toEqual({
    ...{ run: null, phases: [], bottlenecks: [], transitions: [], skills: [] },
  })
  await empty.record([{ skill_name: 'plan' }])
  expect((await get(empty, '/v1/predictions?skill_name=plan')).body).toMatchObject({
    ...{ probability: 1, verdict: 'not enough data', run: null, lacks: null },
  })
})

test('a key reads its own project only, and needs scope read', async () => {
  const read = async (scope: 'read' | 'findings', project: string, path: string) => {
    const { api_key } = createApiKey(gateway.writer, { name: 'test', scopes: [scope], project }, NOW_MS)
    return get(gateway, path, { authorization: `Bearer ${api_key}` })
  }
  expect((await read('read', 'default', '/v1/predictions?skill_name=plan')).status).toBe(200)
  expect((await read('read', 'other', '/v1/predictions?skill_name=plan')).status).toBe(404)
  expect((await read('findings', 'default', '/v1/predictions?skill_name=plan')).status).toBe(403)
  expect((await read('read', 'other', '/v1/workflow')).body).toMatchObject({ run: null, phases: [] })
  expect((await read('findings', 'default', '/v1/workflow')).status).toBe(403)
})
