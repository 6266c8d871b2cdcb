import { expect, test } from 'vitest'
import { experimentSamples, getExperiment, listExperiments } from '../../src/index.ts'
import { PROJECT } from '../database.ts'
import { plansOf } from '../plans-of.ts'
import { anExperiment, anOutcome, assigned, openRecorder } from './stored.ts'

test('every read, record and deletion of experiments searches an index and sorts nothing', async () => {
  await using database = openRecorder()
  const { recorder, writer } = database
  const plans = await plansOf(writer, async () => {
    for (const test_name of ['prompts', 'other']) {
      await recorder.experiments.create(PROJECT, anExperiment({ test_name }))
      await recorder.experiments.record(PROJECT, [
        assigned('ada', test_name),
        anOutcome('ada', { test_name }),
      ])
    }
    for (const order of ['asc', 'desc'] as const) {
      const { next_cursor } = listExperiments(writer, PROJECT, { order, limit: 1 })
      listExperiments(writer, PROJECT, { order, limit: 1, status: 'running', cursor: next_cursor! })
    }
    getExperiment(writer, PROJECT, 'prompts')
    experimentSamples(writer, PROJECT)
    await recorder.experiments.end(PROJECT, 'other', 'concluded')
    await recorder.experiments.saveAnalysis(PROJECT, 'other', '{}')
    await recorder.delete(PROJECT, { user_id: 'bob' })
    await recorder.delete(PROJECT, { skill_name: 'deploy' })
    await recorder.delete(PROJECT, { before_ms: 1 })
    await recorder.delete(PROJECT, { everything: true })
  })
  const ofExperiments = plans.filter(({ sql }) => sql.includes('ab_test_'))
  expect(ofExperiments.length).toBeGreaterThan(15)
  for (const { sql, plan } of ofExperiments)
    expect(plan, sql).not.toContainEqual(expect.stringMatching(/SCAN ab_test_|TEMP B-TREE/))
})
