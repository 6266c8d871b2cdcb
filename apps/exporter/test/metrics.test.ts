import { formatInstant } from '@skillwatch/schema'
import { aFinding, anObservation, aPrediction, aPredictionReport, NOW_MS } from '@skillwatch/testkit'
import { describe, expect, test } from 'vitest'
import { linesOf, samples } from './support/samples.ts'
import { BOUNDS, openTestExporter } from './support/test-exporter.ts'

describe("session-buddy's five families", () => {
  test('an invocation is counted by skill, phase, kind and whether it completed', async () => {
    await using exporter = await openTestExporter()
    await exporter.record(
      anObservation({ workflow_phase: 'execution' }),
      anObservation({ workflow_phase: 'execution', outcome: 'failed' }),
      anObservation({ kind: 'tool', skill_name: 'Bash', outcome: 'rejected' }),
    )
    expect(linesOf(await exporter.scrape(), 'skill_invocations_total')).toEqual(
      [
        '{completed="false",kind="skill",skill_name="pdf-fill",workflow_phase="execution"} 1',
        '{completed="true",kind="skill",skill_name="pdf-fill",workflow_phase="execution"} 1',
        '{completed="false",kind="tool",skill_name="Bash",workflow_phase="unknown"} 1',
        '{completed="true",kind="tool",skill_name="Bash",workflow_phase="unknown"} 0',
      ].map((sample) => `skill_invocations_total${sample}`),
    )
  })

  test('the histogram is in seconds, cumulative, and its count is its last bucket', async () => {
    await using exporter = await openTestExporter()
    await exporter.record(
      ...[50, 100, 1_500, 400_000].map((execution_ms) => anObservation({ execution_ms })),
    )
    const lines = linesOf(await exporter.scrape(), 'skill_duration_seconds')
    const labels = 'kind="skill",skill_name="pdf-fill",workflow_phase="unknown"'
    expect(lines).toEqual([
      ...['0.1', '0.5', '1.0'].map((le) => `skill_duration_seconds_bucket{le="${le}",${labels}} 2`),
      ...['2.0', '5.0', '10.0', '30.0', '60.0', '300.0'].map(
        (le) => `skill_duration_seconds_bucket{le="${le}",${labels}} 3`,
      ),
      `skill_duration_seconds_bucket{le="+Inf",${labels}} 4`,
      `skill_duration_seconds_sum{${labels}} 401.65`,
      `skill_duration_seconds_count{${labels}} 4`,
    ])
  })

  test('the completion rate is a fraction, and a skill without an ended invocation has none', async () => {
    await using exporter = await openTestExporter()
    await exporter.record(
      anObservation(),
      anObservation({ outcome: 'failed' }),
      { skill_name: 'pdf-fill', session_id: 'session-1', outcome: 'running' },
      { skill_name: 'still-running', session_id: 'session-1', outcome: 'running' },
    )
    expect(linesOf(await exporter.scrape(), 'skill_completion_rate')).toEqual([
      'skill_completion_rate{kind="skill",skill_name="pdf-fill"} 0.5',
    ])
  })

  test('active sessions are those of the last 15 minutes', async () => {
    await using exporter = await openTestExporter()
    const anHourAgo = NOW_MS - 3_600_000
    await exporter.record(
      anObservation({ session_id: 'now' }),
      anObservation({ session_id: 'then', invoked_at: anHourAgo, ended_at: anHourAgo + 1_000 }),
    )
    expect(samples(await exporter.scrape()).get('active_sessions_total')).toBe(1)
  })

  test('anomalies are counted by type, skill and kind, and the counter does not fall', async () => {
    await using exporter = await openTestExporter()
    const counters = async () => linesOf(await exporter.scrape(), 'anomalies_detected_total')
    expect(await exporter.scrape()).toContain('# TYPE anomalies_detected_total counter')
    expect(await counters()).toEqual([])
    await exporter.record(anObservation(), anObservation({ kind: 'command', skill_name: 'deploy' }))
    const drop = aFinding({ finding_id: 'a' })
    const spike = aFinding({ finding_id: 'b', kind: 'command', skill_name: 'deploy', subtype: 'spike' })
    const history = aFinding({ finding_id: 'c', opened_at: formatInstant(NOW_MS - 3 * 3_600_000) })
    await exporter.report(drop, spike, history)
    const counted = [
      'anomalies_detected_total{anomaly_type="drop",kind="skill",skill_name="pdf-fill"} 1',
      'anomalies_detected_total{anomaly_type="spike",kind="command",skill_name="deploy"} 1',
    ]
    expect(await counters()).toEqual(counted)
    await exporter.report(history)
    expect(await counters()).toEqual(counted)
    await exporter.report(drop, aFinding({ finding_id: 'd' }))
    expect(await counters()).toEqual([counted[0]!.replace(/1$/, '2'), counted[1]])
  })

  test('judged calls of predictions are counted by kind, as the last run has them', async () => {
    await using exporter = await openTestExporter()
    const gauges = async () => linesOf(await exporter.scrape(), 'skill_prediction_(correct|total)')
    expect(await gauges()).toEqual([])
    await exporter.record(anObservation())
    await exporter.recordReport(aPredictionReport([aPrediction()]))
    expect(await gauges()).toEqual([
      'skill_prediction_correct{kind="skill"} 68',
      'skill_prediction_total{kind="skill"} 80',
    ])
  })

  test('imported history moves the completion rate and no counter', async () => {
    await using exporter = await openTestExporter()
    const lastWeek = NOW_MS - 7 * 86_400_000
    await exporter.record(anObservation({ invoked_at: lastWeek, ended_at: lastWeek + 1_500 }))
    const text = await exporter.scrape()
    expect(linesOf(text, 'skill_invocations_total')).toEqual([])
    expect(linesOf(text, 'skill_duration_seconds')).toEqual([])
    expect(linesOf(text, 'skill_completion_rate')).toEqual([
      'skill_completion_rate{kind="skill",skill_name="pdf-fill"} 1',
    ])
  })
})

test('invocations by witness and outcome are a gauge: a running one moves to another outcome', async () => {
  await using exporter = await openTestExporter()
  const call = { invocation_id: 'call-1', skill_name: 'pdf-fill', session_id: 'session-1' }
  await exporter.record({ ...call, outcome: 'running' })
  const running = 'skillwatch_witnessed_invocations{witness="sdk",outcome="running"}'
  expect(samples(await exporter.scrape()).get(running)).toBe(1)
  await exporter.record({ ...call, outcome: 'completed' })
  const text = await exporter.scrape()
  expect(samples(text).get(running) ?? 0).toBe(0)
  expect(samples(text).get('skillwatch_witnessed_invocations{witness="sdk",outcome="completed"}')).toBe(1)
  expect(text).toContain('# TYPE skillwatch_witnessed_invocations gauge')
})

test('the newest offset, the size of the database and the version are shown', async () => {
  await using exporter = await openTestExporter()
  await exporter.record(anObservation(), anObservation())
  const text = await exporter.scrape()
  expect(samples(text).get('skillwatch_change_offset')).toBe(2)
  expect(samples(text).get('skillwatch_database_bytes')).toBeGreaterThan(4_096)
  expect(text).toMatch(/^skillwatch_build_info\{version="[^"]+",node_version="v\d+[^"]*"\} 1$/m)
  expect(text).toMatch(/^process_cpu_user_seconds_total /m)
})

test('names beyond the bound are counted under _other, and the number of such names is shown', async () => {
  await using exporter = await openTestExporter({ bounds: { ...BOUNDS, skillNamesMax: 2 } })
  for (const skill_name of ['first', 'second', 'third', 'fourth', 'first'])
    await exporter.record(anObservation({ skill_name }))
  const values = samples(await exporter.scrape())
  const completed = (name: string) =>
    values.get(
      `skill_invocations_total{completed="true",kind="skill",skill_name="${name}",workflow_phase="unknown"}`,
    )
  expect(['first', 'second', 'third', '_other'].map(completed)).toEqual([2, 1, undefined, 2])
  expect(values.get('skillwatch_exporter_folded_values{label="skill_name"}')).toBe(2)
})

test('hostile names are escaped and break no line', async () => {
  await using exporter = await openTestExporter()
  const names = [
    'a"} 1',
    'back\\slash',
    '[E501] x',
    '{}{{}}',
    '__proto__',
    'quick.v2',
    '"; drop table skill_invocation',
  ]
  await exporter.record(...names.map((skill_name) => anObservation({ skill_name })))
  const lines = linesOf(await exporter.scrape(), 'skill_completion_rate')
  const found = lines.map(
    (line) => JSON.parse(/skill_name=("(?:[^"\\]|\\.)*")\} 1$/.exec(line)![1]!) as string,
  )
  expect(found.toSorted()).toEqual(names.toSorted())
})

test('the root redirects to the metrics', async () => {
  await using exporter = await openTestExporter()
  const reply = await exporter.app.inject({ url: '/', headers: { host: '127.0.0.1' } })
  expect([reply.statusCode, reply.headers.location]).toEqual([302, '/metrics'])
})

test('the content type is that of the text format', async () => {
  await using exporter = await openTestExporter()
  const reply = await exporter.app.inject({ url: '/metrics', headers: { host: '127.0.0.1' } })
  expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
})

test('where keys are required, a scrape needs scope read and shows the project of its key', async () => {
  await using exporter = await openTestExporter({
    mode: 'deny',
    keys: [
      { name: 'own', scopes: ['read'] },
      { name: 'other', scopes: ['read'], project: 'other' },
      { name: 'writer', scopes: ['ingest'] },
    ],
  })
  await exporter.record(anObservation())
  const scrape = async (key?: string) => {
    const authorization = key && { authorization: `Bearer ${key}` }
    const reply = await exporter.app.inject({
      url: '/metrics',
      headers: { host: '127.0.0.1', ...authorization },
    })
    return [reply.statusCode, linesOf(reply.body, 'skill_invocations_total').length]
  }
  const [own, other, writer] = exporter.keys
  expect(await scrape()).toEqual([401, 0])
  expect(await scrape('sw_unknown_secret')).toEqual([401, 0])
  expect(await scrape(writer)).toEqual([403, 0])
  expect(await scrape(other)).toEqual([200, 0])
  expect(await scrape(own)).toEqual([200, 2])
})
