import { anObservation } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { createRecorder } from '../../src/index.ts'
import { NOW_MS, openTestDatabase, PROJECT, parsed } from '../database.ts'
import { plansOf } from '../plans-of.ts'

const SPAN = {
  trace_id: '0102030405060708090a0b0c0d0e0f10',
  span_id: '0000000000000001',
  role: 'call',
} as const

/** Small tables, tables with a bound, and the values of a statement may be walked through. */
const WALKED = new RegExp(
  `^\\w+ (?:${[
    'project|stream|span_cascade|session_end|pending_turn|delta',
    'skill_live_series|skill_metrics_cache|skill_anomaly_series|skill_anomalies',
    'skill_community_baselines|ab_test_configs|skill_prediction|json_each',
    'workflow_phase|workflow_phase_skill|workflow_transition',
    'skill_file|skill_scan|skill_categories',
  ].join('|')})\\b`,
)

/** All rows of a project are selected, so a bounded number of them is read. */
const EVERYTHING = /where project_id = \?\s+limit \?$/

/** What a report replaces: the rows of such tables are bounded. */
const REPORTED = /^select \* from skill_\w+ where project_id = @project_id$/

test('no statement that records or deletes walks through all that a project has', async () => {
  using database = openTestDatabase()
  const { writer } = database
  const plans = await plansOf(writer, async () => {
    await using recorder = createRecorder(writer, { queueItemsMax: 100, now: () => NOW_MS })
    const call = parsed(anObservation({ invocation_id: 'call', session_id: 's' }))
    await recorder.record(PROJECT, [
      call,
      { ...call, invocation_id: 'activation', witness: 'otel_log', uncorrelated: true },
      { ...call, invocation_id: 'span', witness: 'otel_span', span: SPAN },
    ])
    await recorder.deriveTurns()
    for (const selector of [
      { session_id: 's' },
      { user_id: 'u' },
      { agent_name: 'codex' },
      { skill_name: 'x' },
      { before_ms: NOW_MS },
      { everything: true } as const,
    ])
      await recorder.delete(PROJECT, selector)
  })
  expect(plans.length).toBeGreaterThan(40)
  const walks = plans.flatMap(({ sql, plan }) =>
    plan
      .filter((step) => /^SCAN (?!CONSTANT)/.test(step) || /\(project_id=\?\)/.test(step))
      .filter((step) => !WALKED.test(step))
      .filter(() => !/^select (?:1|max).* limit 1/s.test(sql))
      .filter(() => !EVERYTHING.test(sql) && !REPORTED.test(sql))
      .map((step) => `${step}: ${sql}`),
  )
  expect(walks).toEqual([])
})
