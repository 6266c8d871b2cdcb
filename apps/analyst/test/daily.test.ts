import { parseSkillScan, type SimilarityReport } from '@skillwatch/schema'
import { aScan, aSkillFile } from '@skillwatch/testkit'
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
    ...(order === 0 && { workflow_phase: 'setup' }),
    session_id: `s-${index}`,
    user_id: `person-${index % 12}`,
    invoked_at: DUE_AT_MS - index * HOUR_MS - HOUR_MS + order * 60_000,
    ended_at: DUE_AT_MS - index * HOUR_MS - HOUR_MS + order * 60_000 + 1_000,
    outcome: 'completed' as const,
  })),
)

test('each day all reports are computed and sent', async () => {
  await using database = await recordedDatabase(CALLS)
  await using ingest = await startIngestDouble()
  using analyst = testAnalyst(database.url, ingest.url)
  await analyst.daily.run(DUE_AT_MS, signal)
  const [bySession, byTurn, baselines, similarity, affinity, predictions, workflow] = ingest.dailyPosts
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
  expect(similarity).toMatchObject({
    ...{ type: 'similarity', sessions: SESSIONS, unstable_clusters: 0 },
    clusters: [{ cluster_name: 'plan, review', skill_count: 2, stability: 1 }],
  })
  expect(affinity).toMatchObject({
    ...{ type: 'affinity', persons: 10 },
    affinities: [
      { skill_name: 'plan', also_name: 'review', persons: 5 },
      { skill_name: 'review', also_name: 'plan', persons: 5 },
    ],
  })
  expect(predictions).toMatchObject({ type: 'prediction', time_zone: 'UTC', left_out: 0 })
  expect(predictions).toHaveProperty('predictions.0', {
    ...{ kind: 'skill', skill_name: 'plan', calls: 30, completed: 30, verdict: 'not enough data' },
    ...{ base_rate: 1, base_rate_interval: expect.any(Array), judgement: null, model: null },
    lacks: { enough: false, unit: 'calls', have: 30, need: 200 },
  })
  expect(workflow).toMatchObject({
    type: 'workflow',
    sessions: SESSIONS,
    calls: 120,
    calls_without_phase: 60,
  })
  expect(workflow).toMatchObject({ phases: [{ workflow_phase: 'setup', calls: 60 }] })
})

test('a day is reported once, and the next one again', async () => {
  await using database = await recordedDatabase(CALLS)
  await using ingest = await startIngestDouble()
  using analyst = testAnalyst(database.url, ingest.url)
  await analyst.daily.run(DUE_AT_MS, signal)
  await analyst.daily.run(DUE_AT_MS + HOUR_MS, signal)
  expect(ingest.dailyPosts).toHaveLength(8)
  await analyst.daily.run(DUE_AT_MS + DAY_MS, signal)
  expect(ingest.dailyPosts).toHaveLength(16)
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
    'similarity',
    'affinity',
    'prediction',
    'workflow',
    'changed_version',
  ])
})

test('skills whose files describe them with the same words are similar', async () => {
  await using database = await recordedDatabase(CALLS, DUE_AT_MS)
  const description = 'Reads the open questions of a repository.'
  const files = ['other-1-0', 'other-59-0'].map((skill_name) => aSkillFile({ skill_name, description }))
  const scanned = parseSkillScan(aScan(files, { scanned_at: DUE_AT_MS }), DUE_AT_MS)
  if ('refusals' in scanned) throw new Error(JSON.stringify(scanned.refusals))
  await database.recorder.recordScan(database.projectId, scanned.scan)
  await using ingest = await startIngestDouble()
  using analyst = testAnalyst(database.url, ingest.url)
  await analyst.daily.run(DUE_AT_MS, signal)
  const report = ingest.dailyPosts.find(({ type }) => type === 'similarity') as unknown as SimilarityReport
  const ofFirst = report.similarities.filter(({ skill_name }) => skill_name === 'other-1-0')
  expect(ofFirst[0]).toMatchObject({ similar_name: 'other-59-0', co_use_score: 0 })
  expect(ofFirst[0]!.text_score).toBeGreaterThan(ofFirst[1]!.text_score)
})

/** A skill whose file was changed ten days ago. Before, a third of its sessions failed, and after none. */
async function withChangedSkill() {
  const calls = Array.from({ length: 100 }, (_, index) => ({
    kind: 'skill' as const,
    invocation_id: `call-${index}`,
    skill_name: 'plan',
    session_id: `session-${index}`,
    invoked_at: DUE_AT_MS - (index + 0.5) * 0.2 * DAY_MS,
    ended_at: DUE_AT_MS - (index + 0.5) * 0.2 * DAY_MS + 1_000,
    outcome: index >= 50 && index % 3 === 0 ? ('failed' as const) : ('completed' as const),
  }))
  const database = await recordedDatabase(calls, DUE_AT_MS)
  for (const [daysAgo, digit] of [
    [15, 'a'],
    [10, 'b'],
  ] as const) {
    const files = [aSkillFile({ skill_name: 'plan', content_hash: digit.repeat(64) })]
    const scanned_at = DUE_AT_MS - daysAgo * DAY_MS
    const result = parseSkillScan(aScan(files, { scanned_at }), DUE_AT_MS)
    if ('refusals' in result) throw new Error(JSON.stringify(result.refusals))
    await database.recorder.recordScan(database.projectId, result.scan)
  }
  await database.recorder.deriveTurns()
  return database
}

test('the uses of a skill before and after its file was changed are compared, the same in every run', async () => {
  await using database = await withChangedSkill()
  await using ingest = await startIngestDouble()
  for (let run = 0; run < 2; run += 1) {
    using analyst = testAnalyst(database.url, ingest.url)
    await analyst.daily.run(DUE_AT_MS, signal)
  }
  const [first, second] = ingest.dailyPosts.filter(({ type }) => type === 'changed_version')
  expect(first).toMatchObject({
    type: 'changed_version',
    findings: [
      {
        ...{ subtype: 'changed_version', metric: 'completion_rate', skill_name: 'plan' },
        // The file system says nothing, so the change is that of the scan: it was made at the last moment.
        opened_at: new Date(DUE_AT_MS - 10 * DAY_MS).toISOString(),
        ...{ baseline_value: 0.66, observed_value: 1, samples: { baseline: 50, observed: 50 } },
        explanation: expect.stringMatching(/completed 100% of 50 calls, before 66% of 50: \+34 points/),
      },
      { subtype: 'changed_version', metric: 'duration' },
    ],
  })
  expect(second).toEqual(first)
})
