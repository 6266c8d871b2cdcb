import { createHash } from 'node:crypto'
import { experimentGroup } from '@skillwatch/schema/experiment-group'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { experimentSamples, getExperiment, listExperiments } from '../../src/index.ts'
import { NOW_MS, openTestDatabase, PROJECT } from '../database.ts'
import { anExperiment, anOutcome, assigned, openRecorder, sumsAndRecount } from './stored.ts'

const usersNamed = (count: number) => Array.from({ length: count }, (_, index) => `user-${index}`)

/** Session-buddy: int(sha256("test:user"), 16) % 10000 / 10000 < ratio is control. */
function groupOfSessionBuddy(testName: string, user: string, ratio: number): string {
  const digest = createHash('sha256').update(`${testName}:${user}`).digest('hex')
  return Number(BigInt(`0x${digest}`) % 10_000n) / 10_000 < ratio ? 'control' : 'treatment'
}

test('the group of a user is that of session-buddy, and that which is stored', async () => {
  await using database = openRecorder()
  const { recorder } = database
  await recorder.experiments.create(PROJECT, anExperiment({ assignment_ratio: 0.3 }))
  const users = usersNamed(500)
  const stored = await recorder.experiments.record(
    PROJECT,
    users.map((user) => assigned(user)),
  )
  for (const [index, user] of users.entries()) {
    const group_name = groupOfSessionBuddy('prompts', user, 0.3)
    expect(stored[index]).toMatchObject({ result: 'accepted', group_name })
    expect(await experimentGroup('prompts', user, 0.3)).toBe(group_name)
  }
})

test.each([0.1, 0.5, 0.9])('of 10,000 users a share of %d is in the control group', async (ratio) => {
  const groups = await Promise.all(usersNamed(10_000).map((user) => experimentGroup('ratio', user, ratio)))
  const control = groups.filter((group) => group === 'control').length
  // Four standard deviations.
  expect(Math.abs(control - 10_000 * ratio)).toBeLessThan(4 * Math.sqrt(10_000 * ratio * (1 - ratio)))
})

test('the first assignment stays, and the id of the user is not stored', async () => {
  await using database = openRecorder()
  const { recorder, writer } = database
  await recorder.experiments.create(PROJECT, anExperiment())
  const [first, again] = await recorder.experiments.record(PROJECT, [assigned('ada'), assigned('ada')])
  expect(first).toMatchObject({ result: 'accepted', assigned_at_ms: NOW_MS })
  expect(again).toEqual({ ...first, result: 'duplicate' })
  // As if the hash had changed since.
  const other = first !== undefined && 'group_name' in first && first.group_name === 'control'
  const group_name = other ? 'treatment' : 'control'
  writer.sqlite.prepare('update ab_test_assignments set group_name = ?').run(group_name)
  expect(await recorder.experiments.record(PROJECT, [assigned('ada')])).toMatchObject([{ group_name }])
  const rows = JSON.stringify(writer.sqlite.prepare('select * from ab_test_assignments').all())
  expect(rows).not.toContain('ada')
})

test('an outcome sent twice is stored once, and one of a user without a group is refused', async () => {
  await using database = openRecorder()
  const { recorder, writer } = database
  await recorder.experiments.create(PROJECT, anExperiment())
  const results = await recorder.experiments.record(PROJECT, [
    anOutcome('ada', { outcome_id: 'a' }),
    assigned('ada'),
    anOutcome('ada', { outcome_id: 'a' }),
    anOutcome('ada', { outcome_id: 'a' }),
    anOutcome('bob'),
    anOutcome('ada', { test_name: 'unknown' }),
  ])
  expect(results).toMatchObject([
    { refused: 'conflict', reason: 'is of a user who is not assigned to a group' },
    { result: 'accepted' },
    { result: 'accepted' },
    { result: 'duplicate' },
    { refused: 'conflict' },
    { refused: 'not-found' },
  ])
  expect(writer.sqlite.prepare('select outcome_count from ab_test_assignments').pluck().all()).toEqual([1])
})

test('a cost above the cap counts as the cap, and what was not given counts as nothing', async () => {
  await using database = openRecorder()
  const { recorder, writer } = database
  await recorder.experiments.create(PROJECT, anExperiment({ cost_cap_usd: 2 }))
  await recorder.experiments.record(PROJECT, [
    assigned('ada'),
    anOutcome('ada', { cost_usd: 5, rating: 4, duration_seconds: Math.E, completed: false }),
    anOutcome('ada', { cost_usd: 0.5 }),
  ])
  expect(writer.sqlite.prepare('select * from ab_test_assignments').get()).toMatchObject({
    ...{ outcome_count: 2, completed_count: 1, duration_count: 1, log_duration_sum: 1 },
    ...{ rating_count: 1, rating_sum: 4, cost_count: 2, cost_usd_sum: 2.5 },
  })
})

test('an experiment that has ended takes no users and no outcomes, and known ones are still known', async () => {
  await using database = openRecorder()
  const { recorder } = database
  await recorder.experiments.create(PROJECT, anExperiment())
  const outcome = anOutcome('ada', { outcome_id: 'a' })
  await recorder.experiments.record(PROJECT, [assigned('ada'), outcome])
  expect(await recorder.experiments.end(PROJECT, 'prompts', 'stopped')).toBeUndefined()
  expect(await recorder.experiments.end(PROJECT, 'prompts', 'stopped')).toBeUndefined()
  const stopped = { refused: 'conflict', reason: 'the experiment is stopped' }
  expect(await recorder.experiments.end(PROJECT, 'prompts', 'concluded')).toEqual(stopped)
  expect(await recorder.experiments.end(PROJECT, 'other', 'stopped')).toMatchObject({ refused: 'not-found' })
  const records = [assigned('ada'), assigned('bob'), outcome, anOutcome('ada')]
  expect(await recorder.experiments.record(PROJECT, records)).toMatchObject([
    { refused: 'conflict', reason: 'experiment "prompts" is stopped' },
    { refused: 'conflict' },
    { result: 'duplicate' },
    { refused: 'conflict' },
  ])
})

test('users are assigned from the start date on and before the end date', async () => {
  let nowMs = NOW_MS
  await using database = openRecorder(() => nowMs)
  const { recorder } = database
  const dates = { start_date: NOW_MS + 1_000, end_date: NOW_MS + 2_000 }
  await recorder.experiments.create(PROJECT, anExperiment(dates))
  const assign = async () => (await recorder.experiments.record(PROJECT, [assigned('ada')]))[0]
  expect(await assign()).toMatchObject({ reason: expect.stringMatching(/^the experiment begins at 20/) })
  nowMs += 1_000
  expect(await assign()).toMatchObject({ result: 'accepted' })
  nowMs += 1_000
  expect(await assign()).toMatchObject({ reason: expect.stringMatching(/takes no users since 20/) })
  expect(await recorder.experiments.record(PROJECT, [anOutcome('ada')])).toMatchObject([
    { result: 'accepted' },
  ])
})

test('the same experiment again changes nothing, and another one of its name is refused', async () => {
  await using database = openRecorder()
  const { recorder, writer } = database
  expect(await recorder.experiments.create(PROJECT, anExperiment())).toEqual({ result: 'accepted' })
  expect(await recorder.experiments.create(PROJECT, anExperiment())).toEqual({ result: 'duplicate' })
  const other = await recorder.experiments.create(PROJECT, anExperiment({ assignment_ratio: 0.4 }))
  expect(other).toMatchObject({ refused: 'conflict', reason: expect.stringContaining('take another name') })
  expect(listExperiments(writer, PROJECT, { order: 'desc', limit: 10 }).items).toHaveLength(1)
})

test('a project has 1,000 experiments at most, and a user 1,000 outcomes', async () => {
  await using database = openRecorder()
  const { recorder, writer } = database
  const names = Array.from({ length: 1_000 }, (_, index) => `experiment-${index}`)
  for (const test_name of names) await recorder.experiments.create(PROJECT, anExperiment({ test_name }))
  expect(await recorder.experiments.create(PROJECT, anExperiment())).toMatchObject({ refused: 'conflict' })
  const outcomes = Array.from({ length: 1_001 }, () => anOutcome('ada', { test_name: names[0] }))
  const results = await recorder.experiments.record(PROJECT, [assigned('ada', names[0]), ...outcomes])
  expect(results.slice(0, -1).every((each) => 'result' in each)).toBe(true)
  expect(results.at(-1)).toMatchObject({ reason: expect.stringContaining('1000 outcomes') })
  expect(experimentSamples(writer, PROJECT)).toHaveLength(1_000)
})

test('an experiment has 100,000 users at most', async () => {
  await using database = openRecorder()
  const { recorder, writer } = database
  await recorder.experiments.create(PROJECT, anExperiment())
  await recorder.experiments.record(PROJECT, [assigned('ada')])
  writer.sqlite.exec('update ab_test_configs set control_users = 60000, treatment_users = 40000')
  expect(await recorder.experiments.record(PROJECT, [assigned('bob'), assigned('ada')])).toMatchObject([
    { refused: 'conflict', reason: expect.stringContaining('100000 users') },
    { result: 'duplicate' },
  ])
})

test('the analysis of a concluded experiment is stored once, and read in place of its users', async () => {
  await using database = openRecorder()
  const { recorder, writer } = database
  await recorder.experiments.create(PROJECT, anExperiment())
  await recorder.experiments.record(PROJECT, [assigned('ada'), anOutcome('ada')])
  await recorder.experiments.saveAnalysis(PROJECT, 'prompts', '{"verdict":"early"}')
  expect(getExperiment(writer, PROJECT, 'prompts')).toMatchObject({ analysis: null, users: [{}] })
  await recorder.experiments.end(PROJECT, 'prompts', 'concluded')
  await recorder.experiments.saveAnalysis(PROJECT, 'prompts', '{"verdict":"first"}')
  await recorder.experiments.saveAnalysis(PROJECT, 'prompts', '{"verdict":"second"}')
  expect(getExperiment(writer, PROJECT, 'prompts')).toMatchObject({ analysis: { verdict: 'first' } })
  expect(getExperiment(writer, PROJECT, 'other')).toBeUndefined()
})

test('samples are those of the smaller group of each running experiment', async () => {
  using database = openTestDatabase()
  database.writer.sqlite.exec(`insert into ab_test_configs
    (project_id, test_name, control_strategy, treatment_strategy, start_date_ms, min_sample_size, metrics,
      assignment_ratio, min_effect, cost_cap_usd, status, created_at_ms, control_users_with_outcomes,
      treatment_users_with_outcomes)
    values (1, 'a', '', '', 0, 100, '[]', 0.5, 1, 1, 'running', 0, 7, 5),
      (1, 'b', '', '', 0, 100, '[]', 0.5, 1, 1, 'stopped', 0, 7, 5),
      (2, 'c', '', '', 0, 100, '[]', 0.5, 1, 1, 'running', 0, 7, 5)`)
  expect(experimentSamples(database.writer, PROJECT)).toEqual([
    { test_name: 'a', samples: 5, min_sample_size: 100 },
  ])
})

const selector = fc.oneof(
  fc.record({ user_id: fc.constantFrom('ada', 'bob', 'eve') }),
  fc.record({ skill_name: fc.constantFrom('plan', 'deploy') }),
  fc.record({ before_ms: fc.integer({ min: NOW_MS - 10, max: NOW_MS + 1 }) }),
)
const step = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('ada', 'bob', 'eve').map((user) => assigned(user)) },
  {
    weight: 12,
    arbitrary: fc
      .record({
        user: fc.constantFrom('ada', 'bob', 'eve'),
        skill_name: fc.constantFrom('plan', 'deploy'),
        completed: fc.boolean(),
        recorded_at: fc.integer({ min: NOW_MS - 10, max: NOW_MS }),
        rating: fc.double({ min: 1, max: 5, noNaN: true }),
        cost_usd: fc.double({ min: 0, max: 3, noNaN: true }),
      })
      .map(({ user, ...more }) => anOutcome(user, more)),
  },
  { weight: 2, arbitrary: selector },
)

test('after any records and deletions, sums and counts equal a count of the rows', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      await using database = openRecorder()
      const { recorder, writer } = database
      await recorder.experiments.create(PROJECT, anExperiment())
      for (const each of steps) {
        if ('test_name' in each) await recorder.experiments.record(PROJECT, [each])
        else await recorder.delete(PROJECT, each)
      }
      const { stored, counted } = sumsAndRecount(writer)
      expect(stored).toEqual(counted)
    }),
    { numRuns: 40 },
  )
})
