import {
  type AnalysisReport,
  formatInstant,
  type PredictionReport,
  parseReport,
  type WorkflowReport,
} from '@skillwatch/schema'
import {
  anObservation,
  aPrediction,
  aPredictionReport,
  aWorkflowReport,
  fixedClock,
} from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import {
  createRecorder,
  type DeletionSelector,
  endedSince,
  getPrediction,
  getPredictionRun,
  getWorkflow,
  lastCallsOfSession,
  predictionSuccess,
  sessionCalls,
  streamPosition,
} from '../../src/index.ts'
import { NOW_MS, openTestDatabase, PROJECT, parsed } from '../database.ts'
import { plansOf } from '../plans-of.ts'

const NOTHING = { inserted: 0, updated: 0, deleted: 0, unchanged: 0, skipped: 0 }
const SKILL = { kind: 'skill', skill_name: 'pdf-fill' } as const
const HOUR_MS = 3_600_000

const CALLS = ['pdf-fill', 'deploy', 'review'].map((skill_name, index) =>
  parsed(
    anObservation({
      ...{ skill_name, invocation_id: skill_name, session_id: 's', workflow_phase: 'setup' },
      ...{ invoked_at: NOW_MS - (5 - index) * 60_000, execution_ms: 1_000 },
    }),
  ),
)

async function open() {
  const database = openTestDatabase()
  const options = { queueItemsMax: 100, turnDelayMs: 86_400_000, now: fixedClock }
  const recorder = createRecorder(database.writer, options)
  await recorder.record(PROJECT, CALLS)
  return {
    ...database,
    recorder,
    save: (report: AnalysisReport) => {
      const result = parseReport(report, NOW_MS)
      if ('refusals' in result) throw new Error(JSON.stringify(result.refusals))
      return recorder.recordFindings(PROJECT, result.report)
    },
    [Symbol.asyncDispose]: async () => {
      await recorder.close()
      database[Symbol.dispose]()
    },
  }
}

test('a report of predictions replaces those of the project, and again it changes nothing', async () => {
  await using database = await open()
  const { writer, save } = database
  const [a, b] = [
    aPrediction(),
    aPrediction({ skill_name: 'deploy', judgement: null, model: null, lacks: null }),
  ]
  const lacking = { ...b, verdict: 'not enough data' as const, base_rate_interval: null }
  const position = streamPosition(writer, PROJECT)
  expect(await save(aPredictionReport([a, lacking]))).toEqual({ ...NOTHING, inserted: 2 })
  expect([getPrediction(writer, PROJECT, SKILL), getPrediction(writer, PROJECT, b)]).toEqual([a, lacking])
  expect(await save(aPredictionReport([a, lacking]))).toEqual({ ...NOTHING, unchanged: 2 })
  const changed = { ...a, base_rate: 0.7 }
  expect(await save(aPredictionReport([changed]))).toEqual({ ...NOTHING, updated: 1, deleted: 1 })
  expect(getPrediction(writer, PROJECT, SKILL)).toEqual(changed)
  expect(getPredictionRun(writer, PROJECT)).toMatchObject({
    computed_at: formatInstant(NOW_MS),
    time_zone: 'UTC',
  })
  expect(predictionSuccess(writer, PROJECT)).toEqual([{ kind: 'skill', judged: 80, correct: 68 }])
  expect(streamPosition(writer, PROJECT)).toEqual(position)
})

test('a report of the workflow replaces that of the project, and again it changes nothing', async () => {
  await using database = await open()
  const { writer, save } = database
  const report = aWorkflowReport()
  expect(await save(report)).toEqual({ ...NOTHING, inserted: 2 + 3 + 1 })
  const { type: _, phases, skills, transitions, ...run } = report
  const stored = { run: { ...run, computed_at: formatInstant(NOW_MS) }, phases, transitions }
  expect(getWorkflow(writer, PROJECT, undefined)).toMatchObject(stored)
  expect(getWorkflow(writer, PROJECT, undefined).skills.map(({ calls }) => calls)).toEqual([70, 40, 30])
  expect(getWorkflow(writer, PROJECT, 'setup')).toMatchObject({
    phases: [phases[1]],
    skills: [skills[2]],
    transitions,
  })
  expect(await save(report)).toEqual({ ...NOTHING, unchanged: 6 })
  expect(await save(aWorkflowReport({ phases: [], skills: [], transitions: [] }))).toEqual({
    ...NOTHING,
    deleted: 6,
  })
})

test.each<[DeletionSelector, string[], number]>([
  [{ skill_name: 'pdf-fill' }, ['deploy'], 1],
  // The model names it as the skill that was called before.
  [{ skill_name: 'review' }, ['deploy'], 3],
  [{ session_id: 's' }, [], 0],
  [{ before_ms: NOW_MS - 4.5 * 60_000 }, ['deploy'], 1],
  [{ everything: true }, [], 0],
])('deleting %j deletes what names a skill without calls', async (selector, left, skillsLeft) => {
  await using database = await open()
  const { writer, save, recorder } = database
  const other = aPrediction({
    skill_name: 'deploy',
    verdict: 'not enough data',
    judgement: null,
    model: null,
  })
  await save(aPredictionReport([aPrediction(), other]))
  await save(aWorkflowReport())
  await recorder.delete(PROJECT, selector)
  const names = writer.sqlite.prepare('select skill_name from skill_prediction').pluck().all()
  expect(names).toEqual(left)
  expect(getWorkflow(writer, PROJECT, undefined).skills).toHaveLength(skillsLeft)
  if ('everything' in selector) {
    expect(getPredictionRun(writer, PROJECT)).toBeUndefined()
    expect(getWorkflow(writer, PROJECT, undefined)).toEqual({
      run: null,
      phases: [],
      skills: [],
      transitions: [],
    })
  }
})

test('an old report does not bring back a deleted skill', async () => {
  await using database = await open()
  const { save, recorder } = database
  await recorder.delete(PROJECT, { skill_name: 'pdf-fill' })
  expect(await save(aPredictionReport([aPrediction()]))).toEqual({ ...NOTHING, skipped: 1 })
  expect(await save(aWorkflowReport())).toMatchObject({ inserted: 2 + 1 + 1, skipped: 2 })
})

test('secrets in names are removed from models and phases', async () => {
  await using database = await open()
  const { writer, save } = database
  const secret = `ghp_${'A'.repeat(36)}`
  const { model } = aPrediction()
  const levels = [{ feature: 'phase' as const, kind: null, name: secret }, model!.levels[1]!]
  await save(aPredictionReport([aPrediction({ model: { ...model!, levels } })]))
  const [phase, ...others] = aWorkflowReport().phases
  await save(aWorkflowReport({ phases: [{ ...phase!, workflow_phase: secret }, ...others] }))
  expect(JSON.stringify(getPrediction(writer, PROJECT, SKILL))).not.toContain(secret)
  expect(JSON.stringify(getWorkflow(writer, PROJECT, undefined))).not.toContain(secret)
})

const withPrediction = (more: object) => aPredictionReport([{ ...aPrediction(), ...more }])
const { phases: PHASES } = aWorkflowReport()

test.each<[string, PredictionReport | WorkflowReport, string]>([
  ['a window without length', aPredictionReport([], { since: formatInstant(NOW_MS) }), '/until'],
  ['a skill twice', aPredictionReport([aPrediction(), aPrediction()]), '/predictions/1'],
  ['a verdict without a model', withPrediction({ model: null }), '/predictions/0/model'],
  ['a model without a verdict', withPrediction({ verdict: 'not enough data' }), '/predictions/0/judgement'],
  ['more completed calls than calls', withPrediction({ completed: 401 }), '/predictions/0/completed'],
  [
    'a coefficient too few',
    withPrediction({ model: { ...aPrediction().model!, coefficients: [1] } }),
    '/predictions/0/model/coefficients',
  ],
  ['a phase twice', aWorkflowReport({ phases: [PHASES[0]!, PHASES[0]!] }), '/phases/1'],
])('%s is refused with a pointer', (_, report, pointer) => {
  expect(parseReport(report, NOW_MS)).toMatchObject({ refusals: [{ pointer }] })
})

test('what is known before a call is read by indexes, also the last calls of a session', async () => {
  await using database = await open()
  const { writer } = database
  const plans = await plansOf(writer, () => {
    expect(endedSince(writer, PROJECT, SKILL, NOW_MS - HOUR_MS)).toEqual({ calls: 1, completed: 1 })
    const last = lastCallsOfSession(writer, PROJECT, 's', { beforeMs: NOW_MS, limit: 2 })
    expect(last.map(({ skill_name }) => skill_name)).toEqual(['deploy', 'review'])
    getPrediction(writer, PROJECT, SKILL)
    getWorkflow(writer, PROJECT, undefined)
  })
  for (const { sql, plan } of plans) expect(plan, sql).not.toContainEqual(expect.stringMatching(/SCAN/))
  expect(plans.flatMap(({ plan }) => plan)).toContainEqual(
    expect.stringMatching(/skill_invocation_by_session .*session_id=\? AND invoked_at_ms</),
  )
})

test('sessions of a window are read with all of their calls before its end', async () => {
  await using database = await open()
  const [calls] = [...sessionCalls(database.writer, PROJECT, [NOW_MS - 200_000, NOW_MS - 180_000])]
  expect(calls).toMatchObject([
    { skill_name: 'pdf-fill', ended_at_ms: NOW_MS - 5 * 60_000 + 1_000, duration_ms: 1_000 },
    { skill_name: 'deploy', workflow_phase: 'setup', outcome: 'completed' },
  ])
  expect([...sessionCalls(database.writer, PROJECT, [NOW_MS, NOW_MS + 1])]).toEqual([])
})
