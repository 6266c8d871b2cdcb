import { createApiKey, createProject } from '@skillwatch/db'
import { NOW_MS } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { callsOf, fallingSkill, HOUR_MS } from './support/calls.ts'
import { startIngestDouble } from './support/ingest-double.ts'
import { recordedDatabase } from './support/recorded.ts'
import { DUE_AT_MS, testAnalyst } from './support/test-analyst.ts'

test('a run reports a skill that fell from 100% to 0% over ten calls', async () => {
  await using database = await recordedDatabase(fallingSkill())
  await using ingest = await startIngestDouble()
  using analyst = testAnalyst(database.url, ingest.url)
  await analyst.run()
  expect(ingest.stored()).toMatchObject([
    { skill_name: 'pdf-fill', metric: 'completion_rate', subtype: 'drop' },
  ])
  expect(ingest.posts[0]!.report).toMatchObject({ type: 'anomaly', until: '2026-11-22T11:00:00.000Z' })
  expect(ingest.posts[0]!.headers).toMatchObject({ 'skillwatch-project': 'default' })
  expect(ingest.posts[0]!.headers).not.toHaveProperty('authorization')
  expect(await analyst.metric('runs_total{result="completed"}')).toBe(1)
  expect(await analyst.metric('findings{state="open"}')).toBe(1)
  expect(await analyst.metric('last_success_timestamp_seconds')).toBe(NOW_MS / 1_000)
})

test('a run that is repeated sends the same report, and so does another analyst', async () => {
  await using database = await recordedDatabase(fallingSkill())
  await using ingest = await startIngestDouble()
  using analyst = testAnalyst(database.url, ingest.url)
  using other = testAnalyst(database.url, ingest.url)
  await analyst.run()
  await analyst.run()
  await other.run()
  const [first, ...others] = ingest.posts.map(({ report }) => report)
  expect(first!.findings).toHaveLength(1)
  expect(others).toEqual([first, first])
})

test('late calls revise what was reported before', async () => {
  await using database = await recordedDatabase(fallingSkill())
  await using ingest = await startIngestDouble()
  using analyst = testAnalyst(database.url, ingest.url)
  await analyst.run()
  expect(ingest.stored()).toHaveLength(1)
  const late = callsOf('pdf-fill', { from: 2, to: 1 }, { calls: 500 })
  await database.record(late.map((call) => ({ ...call, invocation_id: `late-${call.invocation_id}` })))
  await analyst.run()
  expect(ingest.stored().map(({ metric }) => metric)).toEqual(['volume'])
})

test('each project is reported by itself, with the key of it where one is given', async () => {
  await using database = await recordedDatabase(fallingSkill())
  const key = { name: 'analyst', scopes: ['read' as const], project: 'guarded' }
  const { api_key } = createApiKey(database.writer, key, NOW_MS)
  const open = createProject(database.writer, 'open one', NOW_MS)
  await database.record(fallingSkill('review'), open.project_id)
  await using ingest = await startIngestDouble()
  using analyst = testAnalyst(database.url, ingest.url, { apiKeys: [api_key] })
  await analyst.run()
  const sent = ingest.posts.map(({ headers, report }) => ({
    project: headers['skillwatch-project'],
    key: headers.authorization,
    skills: report.findings.map(({ skill_name }) => skill_name),
  }))
  expect(sent.sort((a, b) => (a.project! < b.project! ? -1 : 1))).toEqual([
    { project: 'default', key: undefined, skills: ['pdf-fill'] },
    { project: 'guarded', key: `Bearer ${api_key}`, skills: [] },
    { project: 'open%20one', key: undefined, skills: ['review'] },
  ])
})

test('while ingest is unavailable the report is sent again, and each attempt is counted', async () => {
  await using database = await recordedDatabase(fallingSkill())
  await using ingest = await startIngestDouble((index) => (index < 3 ? 503 : 200))
  using analyst = testAnalyst(database.url, ingest.url)
  await analyst.run()
  expect(ingest.posts).toHaveLength(4)
  expect(ingest.stored()).toHaveLength(1)
  expect(await analyst.metric('posts_total{result="failed"}')).toBe(3)
  expect(await analyst.metric('posts_total{result="accepted"}')).toBe(1)
  expect(await analyst.metric('runs_total{result="completed"}')).toBe(1)
})

test('a report is given up when the next run is due, and that run does not test all hours again', async () => {
  await using database = await recordedDatabase(fallingSkill())
  let nowMs = NOW_MS
  await using ingest = await startIngestDouble((index) => {
    if (index === 1) nowMs += HOUR_MS
    return index < 2 ? 503 : 200
  })
  using analyst = testAnalyst(database.url, ingest.url, { now: () => nowMs })
  await analyst.run()
  expect(ingest.posts).toHaveLength(2)
  expect(await analyst.metric('runs_total{result="failed"}')).toBe(1)
  await analyst.run(-1)
  expect(ingest.stored()).toHaveLength(1)
  expect(await analyst.metric('detection_runs')).toBe(1)
})

test('a run after an hour reads what has changed, and its memory is measured', async () => {
  await using database = await recordedDatabase(fallingSkill())
  await using ingest = await startIngestDouble()
  using analyst = testAnalyst(database.url, ingest.url)
  await analyst.run(1)
  await analyst.run()
  expect(await analyst.metric('reads_total{extent="all"}')).toBe(1)
  expect(await analyst.metric('reads_total{extent="changes"}')).toBe(1)
  expect(await analyst.metric('memory_bytes')).toBeGreaterThan(1_000)
  expect(await analyst.metric('memories_dropped_total')).toBe(0)
})

test('what is too large to be kept is dropped and counted, and the next run reads all hours', async () => {
  await using database = await recordedDatabase(fallingSkill())
  await using ingest = await startIngestDouble()
  using analyst = testAnalyst(database.url, ingest.url, { memoryBytesMax: 1_000 })
  await analyst.run(1)
  await analyst.run()
  expect(ingest.stored()).toHaveLength(1)
  expect(await analyst.metric('reads_total{extent="all"}')).toBe(2)
  expect(await analyst.metric('memory_bytes')).toBe(0)
  expect(await analyst.metric('memories_dropped_total')).toBe(2)
})

test('a report that ingest refuses is not sent again before the next run', async () => {
  await using database = await recordedDatabase(fallingSkill())
  await using ingest = await startIngestDouble((index) => (index === 0 ? 403 : 200))
  using analyst = testAnalyst(database.url, ingest.url)
  await analyst.run()
  expect(ingest.posts).toHaveLength(1)
  expect(await analyst.metric('posts_total{result="refused"}')).toBe(1)
  expect(await analyst.metric('runs_total{result="failed"}')).toBe(1)
  await analyst.run()
  expect(ingest.stored()).toHaveLength(1)
})

test('a run that takes too long is ended, counted, and reports nothing', async () => {
  await using database = await recordedDatabase(fallingSkill())
  await using ingest = await startIngestDouble()
  using analyst = testAnalyst(database.url, ingest.url, { runMsMax: 1 })
  await analyst.run()
  expect(ingest.posts).toEqual([])
  expect(await analyst.metric('runs_total{result="timed_out"}')).toBe(1)
  expect(await analyst.metric('last_success_timestamp_seconds')).toBe(0)
})

test('a run that is ended in its middle reports nothing', async () => {
  await using database = await recordedDatabase(fallingSkill())
  await using ingest = await startIngestDouble()
  using analyst = testAnalyst(database.url, ingest.url)
  const stop = new AbortController()
  const run = analyst.run(0, stop.signal)
  expect(await analyst.metric('running')).toBe(1)
  stop.abort()
  await expect(run).rejects.toThrow('aborted')
  expect(ingest.posts).toEqual([])
  expect(await analyst.metric('running')).toBe(0)
  await analyst.run()
  expect(ingest.stored()).toHaveLength(1)
})

test('runs of several hours find what began between them', async () => {
  await using database = await recordedDatabase(fallingSkill())
  await using ingest = await startIngestDouble()
  using analyst = testAnalyst(database.url, ingest.url, { everyMs: 2 * HOUR_MS })
  await analyst.analyst.run(DUE_AT_MS + HOUR_MS, new AbortController().signal)
  expect(ingest.stored()).toMatchObject([{ skill_name: 'pdf-fill', opened_at: '2026-11-22T12:00:00.000Z' }])
})

test('a run that fails in its process is counted, and reports nothing', async () => {
  await using database = await recordedDatabase(fallingSkill())
  await using ingest = await startIngestDouble()
  using analyst = testAnalyst(database.url, ingest.url, { timeZone: 'Mars/Base' })
  await analyst.run()
  expect(ingest.posts).toEqual([])
  expect(await analyst.metric('runs_total{result="failed"}')).toBe(1)
})

test('a skill that is deleted before its report is taken is not reported', async () => {
  await using database = await recordedDatabase([...fallingSkill(), ...fallingSkill('review')])
  await using ingest = await startIngestDouble(async (index) => {
    if (index > 0) return 200
    await database.recorder.delete(database.projectId, { kind: 'skill', skill_name: 'pdf-fill' })
    return 503
  })
  using analyst = testAnalyst(database.url, ingest.url)
  await analyst.run()
  expect(ingest.posts[0]!.report.findings).toHaveLength(2)
  expect(ingest.stored().map(({ skill_name }) => skill_name)).toEqual(['review'])
})
