import { KINDS, OUTCOMES, SkillOrder } from '@skillwatch/schema'
import { anObservation } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  getCoverage,
  getInvocationDetail,
  getSession,
  getSkill,
  listCoverage,
  listInvocations,
  listSessions,
  listSkills,
  overview,
  timeSeries,
  topSkillMetrics,
  totals,
  usageHours,
} from '../../src/index.ts'
import { NOW_MS, PROJECT } from '../database.ts'
import { plansOf } from '../plans-of.ts'
import { recorded } from './recorded.ts'

test('no list of invocations scans or sorts: each is read from an index in the order of time', async () => {
  const filter = fc.record(
    {
      kind: fc.constantFrom(...KINDS),
      skill_name: fc.constantFrom('pdf-fill', 'unknown'),
      session_id: fc.constant('session-1'),
      outcome: fc.constantFrom(...OUTCOMES),
      workflow_phase: fc.constant('setup'),
      since_ms: fc.constant(NOW_MS - 1_000),
      until_ms: fc.constant(NOW_MS + 1_000),
      order: fc.constantFrom('asc' as const, 'desc' as const),
    },
    { requiredKeys: ['order'] },
  )
  using database = await recorded([
    anObservation({ invoked_at: NOW_MS }),
    anObservation({ invoked_at: NOW_MS, kind: 'agent' }),
  ])
  const plans = await plansOf(database.reader, async () => {
    await fc.assert(
      fc.asyncProperty(filter, async (query) => {
        const page = listInvocations(database.reader, PROJECT, { ...query, limit: 1 })
        if (page.next_cursor)
          listInvocations(database.reader, PROJECT, { ...query, limit: 1, cursor: page.next_cursor })
      }),
      { numRuns: 300 },
    )
    getInvocationDetail(database.reader, PROJECT, 'a')
  })
  expect(plans.length).toBeGreaterThan(50)
  for (const { sql, plan } of plans) {
    expect(plan, sql).not.toContainEqual(expect.stringMatching(/SCAN skill_invocation|TEMP B-TREE/))
    if (sql.includes('(invoked_at_ms, row_id)')) {
      expect(plan, sql).toContainEqual(
        expect.stringMatching(/SEARCH skill_invocation USING .*invoked_at_ms/),
      )
    }
  }
})

test('a name of two kinds is searched once for each kind and merged without a sort', async () => {
  using database = await recorded([
    anObservation({ invoked_at: NOW_MS }),
    anObservation({ invoked_at: NOW_MS, kind: 'agent' }),
  ])
  const { reader } = database
  const plans = await plansOf(reader, () => {
    for (const order of ['asc', 'desc'] as const) {
      const query = { skill_name: 'pdf-fill', order, limit: 1 }
      const { next_cursor } = listInvocations(reader, PROJECT, query)
      listInvocations(reader, PROJECT, { ...query, cursor: next_cursor! })
    }
    timeSeries(reader, PROJECT, { skill_name: 'pdf-fill', since_ms: 0, until_ms: NOW_MS, limit: 1 })
  })
  const lists = plans.filter(({ sql }) => sql.includes('union all'))
  expect(lists).toHaveLength(5)
  for (const { sql, plan } of lists) {
    expect(plan, sql).toContain('MERGE (UNION ALL)')
    expect(plan.filter((step) => /^SEARCH .*kind=\? AND skill_name=\?/.test(step))).toHaveLength(2)
    expect(plan, sql).not.toContainEqual(expect.stringMatching(/SCAN|TEMP B-TREE/))
  }
})

test('other reads touch invocations only for exact quantiles of skills with few calls, by index', async () => {
  using database = await recorded([anObservation({ invoked_at: NOW_MS })])
  const { reader } = database
  const plans = await plansOf(reader, () => {
    for (const order_by of SkillOrder.enum) {
      const query = { order_by, limit: 10, nowMs: NOW_MS }
      listSkills(reader, PROJECT, query)
      listSkills(reader, PROJECT, { ...query, order: 'asc', skill_name: 'pdf-fill' })
    }
    getSkill(reader, PROJECT, 'skill', 'pdf-fill', NOW_MS)
    topSkillMetrics(reader, PROJECT, 'skill', 10)
    totals(reader, PROJECT)
    listSessions(reader, PROJECT, { limit: 10 })
    getSession(reader, PROJECT, 'session-1')
    listCoverage(reader, PROJECT, { limit: 10 })
    getCoverage(reader, PROJECT, 'session-1')
    timeSeries(reader, PROJECT, { since_ms: 0, until_ms: NOW_MS, limit: 10 })
    overview(reader, PROJECT, { since_ms: 0, until_ms: NOW_MS, skills: 10 })
    usageHours(reader, PROJECT, { until_ms: NOW_MS }, { by: ['model', 'session_id'], splitAt: 'hour' })
  })
  expect(plans.length).toBeGreaterThan(10)
  const touching = plans.filter(({ sql }) => sql.includes('skill_invocation'))
  expect(touching).toHaveLength(1)
  expect(touching[0]!.plan).toContainEqual(
    expect.stringMatching(
      /^SEARCH call USING COVERING INDEX skill_invocation_by_skill \(project_id=\? AND kind=\? AND skill_name=\?\)$/,
    ),
  )
})

test('sessions whose id begins with a prefix are searched by id, also from a cursor on', async () => {
  using database = await recorded([
    anObservation({ invoked_at: NOW_MS, session_id: 'session-1' }),
    anObservation({ invoked_at: NOW_MS, session_id: 'session-2' }),
  ])
  const { reader } = database
  const plans = await plansOf(reader, () => {
    for (const order of ['asc', 'desc'] as const) {
      const query = { prefix: 'session', limit: 1, order }
      const { next_cursor } = listSessions(reader, PROJECT, query)
      listSessions(reader, PROJECT, { ...query, cursor: next_cursor! })
    }
  })
  expect(plans).toHaveLength(4)
  for (const { plan } of plans)
    expect(plan[0]).toMatch(
      /^SEARCH session USING PRIMARY KEY \(project_id=\? AND session_id>\? AND session_id<\?\)/,
    )
})

test('sessions are read from the index by activity in both orders, without a sort', async () => {
  using database = await recorded([
    anObservation({ invoked_at: NOW_MS, session_id: 'session-1' }),
    anObservation({ invoked_at: NOW_MS, session_id: 'session-2' }),
  ])
  const { reader } = database
  const plans = await plansOf(reader, () => {
    for (const order of ['asc', 'desc'] as const) {
      const { next_cursor } = listSessions(reader, PROJECT, { order, limit: 1 })
      listSessions(reader, PROJECT, { order, limit: 1, cursor: next_cursor! })
    }
  })
  expect(plans).toHaveLength(4)
  for (const { plan } of plans)
    expect(plan).toEqual([expect.stringMatching(/^SEARCH session USING INDEX session_by_activity /)])
})

test('a name and a prefix of skills are searched by the key, once for each kind', async () => {
  using database = await recorded([anObservation({ invoked_at: NOW_MS })])
  const { reader } = database
  const plans = await plansOf(reader, () => {
    const query = { order_by: 'invocation_count', limit: 1, nowMs: NOW_MS } as const
    listSkills(reader, PROJECT, { ...query, skill_name: 'pdf-fill' })
    listSkills(reader, PROJECT, { ...query, prefix: 'pdf' })
  })
  const lists = plans.filter(({ sql }) => sql.includes('ranked'))
  expect(lists.map(({ plan }) => plan[0])).toEqual([
    'SEARCH skill_metrics USING PRIMARY KEY (project_id=? AND kind=? AND skill_name=?)',
    'SEARCH skill_metrics USING PRIMARY KEY (project_id=? AND kind=? AND skill_name>? AND skill_name<?)',
  ])
})

test('the roll-ups that grow with time are searched by time or skill, never scanned', async () => {
  using database = await recorded([anObservation({ invoked_at: NOW_MS })])
  const { reader } = database
  const plans = await plansOf(reader, () => {
    listSkills(reader, PROJECT, { order_by: 'invocation_count_24h', limit: 10, nowMs: NOW_MS })
    timeSeries(reader, PROJECT, { since_ms: 0, until_ms: NOW_MS, limit: 10 })
    timeSeries(reader, PROJECT, { skill_name: 'pdf-fill', since_ms: 0, until_ms: NOW_MS, limit: 10 })
    listSessions(reader, PROJECT, { limit: 10 })
    listCoverage(reader, PROJECT, { limit: 10 })
  })
  const details = plans.flatMap(({ plan }) => plan)
  expect(details.filter((detail) => detail.startsWith('SEARCH')).length).toBeGreaterThan(8)
  for (const detail of details.filter((each) => each.startsWith('SCAN'))) {
    // A scan is allowed over the rows of a subquery, and over a list of names that is a parameter.
    expect(detail).toMatch(/^SCAN (part|ranked|last_day|wanted|\()/)
  }
  expect(details).toContainEqual(expect.stringMatching(/skill_time_series .*skill_name=\? AND hour_at_ms>/))
  expect(details).toContainEqual(expect.stringMatching(/skill_metrics_cache_by_skill .*skill_name=\?/))
})
