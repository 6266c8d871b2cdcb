import { getPrediction, getWorkflow } from '@skillwatch/db'
import { anObservation, aPrediction, aPredictionReport, aWorkflowReport } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { testApp } from '../support.ts'

type Ingest = Awaited<ReturnType<typeof testApp>>

const NOTHING = { inserted: 0, updated: 0, deleted: 0, unchanged: 0, skipped: 0 }
const SKILL = { kind: 'skill', skill_name: 'pdf-fill' } as const

const post = ({ app }: Ingest, payload: unknown) =>
  app.inject({
    method: 'POST',
    url: '/v1/findings',
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(payload),
  })

test('reports of predictions and of the workflow are stored, and their answers count what changed', async () => {
  await using ingest = await testApp()
  await ingest.post([anObservation()])
  const predictions = aPredictionReport([aPrediction(), aPrediction({ skill_name: 'unknown' })])
  expect((await post(ingest, predictions)).json()).toEqual({ ...NOTHING, inserted: 1, skipped: 1 })
  expect(getPrediction(ingest.writer, 1, SKILL)).toEqual(aPrediction())
  // `deploy` has no calls.
  expect((await post(ingest, aWorkflowReport())).json()).toEqual({ ...NOTHING, inserted: 5, skipped: 1 })
  expect(getWorkflow(ingest.writer, 1, undefined).phases).toEqual(aWorkflowReport().phases)
  expect(ingest.differences()).toEqual([])
})

const withPrediction = (more: object) => aPredictionReport([{ ...aPrediction(), ...more } as never])

test.each<[string, unknown, string]>([
  ['a probability in percent', withPrediction({ base_rate: 75 }), '/predictions/0/base_rate'],
  ['an unknown verdict', withPrediction({ verdict: 'good' }), '/predictions/0/verdict'],
  ['a person', withPrediction({ user_hash: 'abc' }), '/predictions/0/user_hash'],
  ['a verdict without a model', withPrediction({ model: null }), '/predictions/0/model'],
  [
    'half a week',
    aWorkflowReport({ phases: [{ ...aWorkflowReport().phases[0]!, calls_by_hour: [1] }] }),
    '/phases/0/calls_by_hour',
  ],
])('of a report with %s nothing is stored, and the answer points to it', async (_, report, pointer) => {
  await using ingest = await testApp()
  await ingest.post([anObservation()])
  const reply = await post(ingest, report)
  expect([reply.statusCode, reply.json().errors[0].pointer]).toEqual([422, pointer])
  expect(getPrediction(ingest.writer, 1, SKILL)).toBeUndefined()
})

test('a report with the largest models of 1,000 skills is within the bounds of a request', async () => {
  await using ingest = await testApp()
  const third = 1 / 3
  const numbers = (count: number) => Array.from({ length: count }, () => third)
  const bin = { from: third, to: third, calls: 1_000, completed: 333, mean_probability: third }
  const levels = Array.from({ length: 20 }, (_, index) => ({
    ...{ feature: 'previous' as const, kind: 'skill' as const, name: `skill ${index}` },
  }))
  const { model, judgement } = aPrediction()
  const report = aPredictionReport(
    Array.from({ length: 1_000 }, (_, index) =>
      aPrediction({
        skill_name: `${index}`,
        model: { ...model!, levels, means: numbers(13), deviations: numbers(13), coefficients: numbers(33) },
        judgement: { ...judgement!, calibration: Array.from({ length: 10 }, () => bin) },
      }),
    ),
  )
  expect((await post(ingest, report)).json()).toEqual({ ...NOTHING, skipped: 1_000 })
})
