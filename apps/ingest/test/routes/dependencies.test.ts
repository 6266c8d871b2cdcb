import { listDependencies } from '@skillwatch/db'
import { aDependency, aDependencyReport, anObservation, aTransition } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testApp } from '../support.ts'

type Ingest = Awaited<ReturnType<typeof testApp>>

const NOTHING = { inserted: 0, updated: 0, deleted: 0, unchanged: 0, skipped: 0 }
const PAIR = aDependency()
const FOLLOWING = aTransition()
const REPORT = aDependencyReport({ dependencies: [PAIR], transitions: [FOLLOWING] })

const post = ({ app }: Ingest, payload: unknown) =>
  app.inject({
    method: 'POST',
    url: '/v1/findings',
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(payload),
  })

const stored = ({ writer }: Ingest) =>
  listDependencies(writer, 1, { unit: 'session', q_max: 1, limit: 9 }).items.map(({ skill_b }) => skill_b)

let shared: Ingest
beforeAll(async () => {
  shared = await testApp()
  await shared.post([anObservation({ skill_name: 'deploy' }), anObservation({ skill_name: 'plan' })])
  await post(shared, REPORT)
})
afterAll(() => shared[Symbol.asyncDispose]())

test('a report is stored, and the answer counts what it changed', async () => {
  await using ingest = await testApp()
  await ingest.post([anObservation({ skill_name: 'deploy' }), anObservation({ skill_name: 'plan' })])
  const first = await post(ingest, REPORT)
  expect([first.statusCode, first.json()]).toEqual([200, { ...NOTHING, inserted: 2 }])
  expect((await post(ingest, REPORT)).json()).toEqual({ ...NOTHING, unchanged: 2 })
  const other = { ...REPORT, dependencies: [aDependency({ skill_b: 'unknown' })] }
  expect((await post(ingest, other)).json()).toEqual({ ...NOTHING, unchanged: 1, deleted: 1, skipped: 1 })
})

const withPair = (more: object) => ({ ...REPORT, dependencies: [PAIR, { ...PAIR, skill_b: 'q', ...more }] })
const withFollowing = (more: object) => ({
  ...REPORT,
  transitions: [FOLLOWING, { ...FOLLOWING, to_skill: 'q', ...more }],
})

test.each<[string, unknown, string]>([
  ['the pair of another item', withPair({ skill_b: 'plan' }), '/dependencies/1'],
  ['the transition of another item', withFollowing({ to_skill: 'deploy' }), '/transitions/1'],
  ['a skill with itself', withPair({ skill_b: 'deploy' }), '/dependencies/1/skill_b'],
  ['names in the wrong order', withPair({ skill_b: 'a' }), '/dependencies/1/skill_b'],
  [
    'more units with both than with one',
    withPair({ co_occurrence_count: 21 }),
    '/dependencies/1/co_occurrence_count',
  ],
  ['more units with one than there are', withPair({ with_b: 101 }), '/dependencies/1/with_b'],
  ['half a unit', withPair({ with_a: 20.5 }), '/dependencies/1/with_a'],
  ['a lift below 0', withPair({ lift_score: -1 }), '/dependencies/1/lift_score'],
  ['a probability above 1', withPair({ q_value: 1.1 }), '/dependencies/1/q_value'],
  ['an unknown kind', withPair({ kind_b: 'skills' }), '/dependencies/1/kind_b'],
  ['a line break in a name', withPair({ skill_b: 'q\n' }), '/dependencies/1/skill_b'],
  ['an unknown field of a pair', withPair({ lift: 3 }), '/dependencies/1/lift'],
  [
    'more transitions than calls',
    withFollowing({ transition_count: 21 }),
    '/transitions/1/transition_count',
  ],
  ['more units than transitions', withFollowing({ unit_count: 16 }), '/transitions/1/unit_count'],
  ['a gap below 0', withFollowing({ median_gap_ms: -1 }), '/transitions/1/median_gap_ms'],
  ['no name', withFollowing({ to_skill: undefined }), '/transitions/1/to_skill'],
  ['another unit', { ...REPORT, unit: 'day' }, '/unit'],
  ['another type', { ...REPORT, type: 'dependencies' }, '/type'],
  ['no type', { ...REPORT, type: undefined }, '/type'],
  ['the fields of another type', { ...REPORT, findings: [] }, '/findings'],
  ['no number of units', { ...REPORT, units: undefined }, '/units'],
  ['a window that ends before it begins', { ...REPORT, since: REPORT.until, until: REPORT.since }, '/until'],
  ['an instant of words', { ...REPORT, computed_at: 'now' }, '/computed_at'],
  ['a computation in the far future', { ...REPORT, computed_at: '9999-01-01T00:00:00Z' }, '/computed_at'],
])('of a report with %s nothing is stored, and the answer points to it', async (_, report, pointer) => {
  const reply = await post(shared, report)
  expect(reply.statusCode).toBe(422)
  expect(reply.json().errors).toContainEqual({ pointer, reason: expect.stringMatching(/./) })
  expect(stored(shared)).toEqual(['plan'])
})

test('an unknown type is answered with the known ones, and nothing else', async () => {
  const { errors } = (await post(shared, { ...REPORT, type: 'forecast' })).json()
  const known = 'anomaly, dependency, baseline, similarity, affinity, prediction, workflow, changed_version'
  expect(errors).toEqual([{ pointer: '/type', reason: `must be one of ${known}` }])
})

test('a full report of 10,000 pairs and 10,000 transitions with long names is taken', async () => {
  await using ingest = await testApp()
  await ingest.post([anObservation({ skill_name: 'deploy' })])
  const name = (index: number) => `plugin:a-long-name-${index}`
  const report = aDependencyReport({
    dependencies: Array.from({ length: 10_000 }, (_, index) => aDependency({ skill_b: name(index) })),
    transitions: Array.from({ length: 10_000 }, (_, index) => aTransition({ to_skill: name(index) })),
  })
  expect((await post(ingest, report)).json()).toEqual({ ...NOTHING, skipped: 20_000 })
  const more = { ...report, transitions: [...report.transitions, aTransition()] }
  const refused = await post(ingest, more)
  expect([refused.statusCode, refused.json().errors[0].pointer]).toEqual([422, '/transitions'])
})
