import { expect, test } from 'vitest'
import { HOUR_MS } from './support/calls.ts'
import { startIngestDouble } from './support/ingest-double.ts'
import { recordedDatabase } from './support/recorded.ts'
import { DUE_AT_MS, testAnalyst } from './support/test-analyst.ts'

const DAY_MS = 24 * HOUR_MS
const SESSIONS = 60
const { signal } = new AbortController()

/** Sessions of six persons: in each second one both skills are used, and in the others none. */
const CALLS = Array.from({ length: SESSIONS }, (_, index) => index).flatMap((index) =>
  ['plan', 'review'].map((name, order) => ({
    kind: 'skill' as const,
    invocation_id: `${name}-${index}`,
    skill_name: index % 2 === 0 ? name : `other-${index}-${order}`,
    session_id: `s-${index}`,
    user_id: `person-${index % 12}`,
    invoked_at: DUE_AT_MS - index * HOUR_MS - HOUR_MS + order * 60_000,
    ended_at: DUE_AT_MS - index * HOUR_MS - HOUR_MS + order * 60_000 + 1_000,
    outcome: 'completed' as const,
  })),
)

test('each day the skills that are used together, and what is usual for a skill, are reported', async () => {
  await using database = await recordedDatabase(CALLS)
  await using ingest = await startIngestDouble()
  using analyst = testAnalyst(database.url, ingest.url)
  await analyst.daily.run(DUE_AT_MS, signal)
  const [bySession, byTurn, baselines] = ingest.dailyPosts
  expect(bySession).toMatchObject({
    type: 'dependency',
    unit: 'session',
    units: SESSIONS,
    dependencies: [{ skill_a: 'plan', skill_b: 'review', co_occurrence_count: SESSIONS / 2, lift_score: 2 }],
    transitions: [{ from_skill: 'plan', to_skill: 'review', transition_count: SESSIONS / 2 }],
  })
  expect(byTurn).toMatchObject({ type: 'dependency', unit: 'turn' })
  expect(baselines).toMatchObject({
    type: 'baseline',
    baselines: [{ skill_name: 'plan' }, { skill_name: 'review' }],
  })
})

test('a day is reported once, and the next one again', async () => {
  await using database = await recordedDatabase(CALLS)
  await using ingest = await startIngestDouble()
  using analyst = testAnalyst(database.url, ingest.url)
  await analyst.daily.run(DUE_AT_MS, signal)
  await analyst.daily.run(DUE_AT_MS + HOUR_MS, signal)
  expect(ingest.dailyPosts).toHaveLength(3)
  await analyst.daily.run(DUE_AT_MS + DAY_MS, signal)
  expect(ingest.dailyPosts).toHaveLength(6)
})

test('reports that ingest refuses are computed again in the next run', async () => {
  await using database = await recordedDatabase(CALLS)
  await using ingest = await startIngestDouble(undefined, (index) => (index === 1 ? 403 : 200))
  using analyst = testAnalyst(database.url, ingest.url)
  await analyst.daily.run(DUE_AT_MS, signal)
  expect(ingest.dailyPosts).toHaveLength(2)
  await analyst.daily.run(DUE_AT_MS + HOUR_MS, signal)
  expect(ingest.dailyPosts.slice(2).map(({ type }) => type)).toEqual([
    'dependency',
    'dependency',
    'baseline',
  ])
})
