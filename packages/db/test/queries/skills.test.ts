import { formatInstant, type Observation, SkillOrder, type SkillSummary } from '@skillwatch/schema'
import { anObservation, observationArbitrary } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  CursorError,
  getSkill,
  getSkillMetrics,
  listSkills,
  type SkillsQuery,
  topSkillMetrics,
  totals,
} from '../../src/index.ts'
import { NOW_MS, PROJECT } from '../database.ts'
import { allPages, recorded } from './recorded.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const called = (skill_name: string, times: number, overrides: Partial<Observation> = {}): Observation[] =>
  Array.from({ length: times }, () =>
    anObservation({ skill_name, invoked_at: NOW_MS - MINUTE_MS, ...overrides }),
  )

test('a summary counts outcomes, windows and durations', async () => {
  using database = await recorded([
    ...called('deploy', 2, { execution_ms: 1_000, invoked_at: NOW_MS - 30 * MINUTE_MS }),
    ...called('deploy', 1, { outcome: 'failed', execution_ms: 4_000, invoked_at: NOW_MS - 3 * HOUR_MS }),
    ...called('deploy', 1, {
      outcome: 'running',
      execution_ms: undefined,
      invoked_at: NOW_MS - 30 * HOUR_MS,
    }),
  ])
  expect(getSkill(database.reader, PROJECT, 'skill', 'deploy', NOW_MS)).toMatchObject({
    invocation_count: 4,
    running_count: 1,
    completed_count: 2,
    failed_count: 1,
    completion_rate: 2 / 3,
    invocation_count_1h: 2,
    invocation_count_24h: 3,
    completion_rate_24h: 2 / 3,
    execution: {
      count: 3,
      sum_ms: 6_000,
      mean_ms: 2_000,
      p50_ms: 1_000,
      p50_ms_min: 1_000,
      p50_ms_max: 1_000,
    },
    elapsed: { count: 0, sum_ms: 0, mean_ms: null, p50_ms: null, p50_ms_min: null, p99_ms_max: null },
    first_invoked_at: formatInstant(NOW_MS - 30 * HOUR_MS),
    last_invoked_at: formatInstant(NOW_MS - 30 * MINUTE_MS),
  })
})

test('without an ended invocation the rate is null, not 0', async () => {
  using database = await recorded(called('deploy', 1, { outcome: 'running', execution_ms: undefined }))
  expect(getSkill(database.reader, PROJECT, 'skill', 'deploy', NOW_MS)?.completion_rate).toBeNull()
  expect(getSkill(database.reader, PROJECT, 'command', 'deploy', NOW_MS)).toBeUndefined()
})

test('a long list has the same counts and durations as each of its skills by itself', async () => {
  const minutesAgo = (minutes: number) => NOW_MS - minutes * 60_000
  using database = await recorded(
    Array.from({ length: 90 }, (_, number) =>
      anObservation({
        skill_name: `skill-${number % 30}`,
        invoked_at: minutesAgo(number * 17 + 1),
        ended_at: minutesAgo(number * 17),
        outcome: number % 4 === 0 ? 'rejected' : 'completed',
        execution_ms: number,
      }),
    ),
  )
  const { items } = listSkills(database.reader, PROJECT, {
    order_by: 'last_invoked_at',
    limit: 100,
    nowMs: NOW_MS,
  })
  expect(items).toHaveLength(30)
  for (const skill of items)
    expect(getSkill(database.reader, PROJECT, skill.kind, skill.skill_name, NOW_MS)).toEqual(skill)
  expect(items.filter((skill) => skill.invocation_count_1h > 0).length).toBe(4)
})

test('windows match the rows at any time of the day, and shrink without a write', async () => {
  const invokedAt = fc.integer({ min: NOW_MS - 25 * HOUR_MS, max: NOW_MS })
  const later = fc.integer({ min: 0, max: 59 * MINUTE_MS })
  await fc.assert(
    fc.asyncProperty(
      fc.array(invokedAt, { minLength: 1, maxLength: 40 }),
      later,
      async (instants, laterMs) => {
        using database = await recorded(
          instants.map((invoked_at) => anObservation({ skill_name: 'deploy', invoked_at })),
        )
        const readAtMs = NOW_MS + laterMs
        const endMs = Math.floor(readAtMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS
        const within = (minutes: number) => instants.filter((ms) => ms >= endMs - minutes * MINUTE_MS).length
        expect(getSkill(database.reader, PROJECT, 'skill', 'deploy', readAtMs)).toMatchObject({
          invocation_count_1h: within(60),
          invocation_count_24h: within(1_440),
        })
      },
    ),
    { numRuns: 25 },
  )
})

const orders = SkillOrder.enum.flatMap((by) => [[by, 'desc'] as const, [by, 'asc'] as const])

test.each(orders)('pages by %s %s, put together, are all skills in that order', async (order_by, order) => {
  const observations = fc.array(
    observationArbitrary({ invocations: 200, fromMs: NOW_MS - HOUR_MS, untilMs: NOW_MS }),
    {
      minLength: 20,
      maxLength: 60,
    },
  )
  await fc.assert(
    fc.asyncProperty(observations, fc.integer({ min: 1, max: 5 }), async (items, limit) => {
      using database = await recorded(items)
      const list = (limitOfPage: number) =>
        allPages((cursor) =>
          listSkills(database.reader, PROJECT, {
            ...{ order_by, order, limit: limitOfPage, cursor },
            nowMs: NOW_MS,
          }),
        )
      const listed = list(limit)
      expect(listed).toEqual(list(1_000))
      expect(new Set(listed.map(({ kind, skill_name }) => `${kind} ${skill_name}`)).size).toBe(listed.length)
      expect(listed.map((skill) => skill.invocation_count).reduce((a, b) => a + b, 0)).toBe(
        totals(database.reader, PROJECT).invocation_count,
      )
      const ranks = listed.map((skill) => rankOf(skill, order_by))
      expect(ranks).toEqual(ranks.toSorted((a, b) => (order === 'asc' ? a - b : b - a)))
    }),
    { numRuns: 8 },
  )
})

function rankOf(skill: SkillSummary, order: SkillOrder): number {
  return order === 'last_invoked_at' ? Date.parse(skill.last_invoked_at) : skill[order]
}

test('lists and totals can be limited to one kind', async () => {
  using database = await recorded([
    ...called('a', 2),
    ...called('b', 3, { kind: 'command', outcome: 'failed' }),
  ])
  const { items } = listSkills(database.reader, PROJECT, {
    kind: 'command',
    order_by: 'invocation_count',
    limit: 5,
    nowMs: NOW_MS,
  })
  expect(items.map((skill) => skill.skill_name)).toEqual(['b'])
  expect(totals(database.reader, PROJECT, 'command')).toMatchObject({ invocation_count: 3, failed_count: 3 })
  expect(totals(database.reader, PROJECT, 'agent')).toMatchObject({ invocation_count: 0, failed_count: 0 })
})

test('an exact name and a prefix select skills of all kinds, or of one', async () => {
  using database = await recorded([
    ...called('..', 3),
    ...called('..', 1, { kind: 'command' }),
    ...called('../x', 2),
    ...called('%', 4),
    ...called('Deploy', 1),
    ...called('deploy', 1),
  ])
  const list = (filter: Partial<SkillsQuery>, limit = 100) =>
    allPages((cursor) =>
      listSkills(database.reader, PROJECT, {
        ...{ order_by: 'invocation_count', nowMs: NOW_MS, limit, cursor },
        ...filter,
      }),
    ).map(({ kind, skill_name }) => `${kind} ${skill_name}`)
  expect(list({ skill_name: '..' })).toEqual(['skill ..', 'command ..'])
  expect(list({ skill_name: '..', order: 'asc' }, 1)).toEqual(['command ..', 'skill ..'])
  expect(list({ skill_name: '..', kind: 'command' })).toEqual(['command ..'])
  expect(list({ skill_name: 'deploy' })).toEqual(['skill deploy'])
  expect(list({ skill_name: '.' })).toEqual([])
  for (const limit of [1, 2, 100])
    expect(list({ prefix: '..' }, limit)).toEqual(['skill ..', 'skill ../x', 'command ..'])
  expect(list({ prefix: '..', kind: 'skill' })).toEqual(['skill ..', 'skill ../x'])
  expect(list({ prefix: '%' })).toEqual(['skill %'])
  expect(list({ prefix: '_' })).toEqual([])
})

test('a cursor is accepted in its own order only', async () => {
  using database = await recorded([...called('a', 2), ...called('b', 1)])
  const query = { limit: 1, nowMs: NOW_MS }
  const { next_cursor } = listSkills(database.reader, PROJECT, { ...query, order_by: 'failed_count' })
  const other = { ...query, order_by: 'invocation_count', cursor: next_cursor! } as const
  expect(() => listSkills(database.reader, PROJECT, other)).toThrow(CursorError)
  const turned = { ...query, order_by: 'failed_count', order: 'asc', cursor: next_cursor! } as const
  expect(() => listSkills(database.reader, PROJECT, turned)).toThrow(CursorError)
})

test('the roll-up rows of the most used skills have no quantiles', async () => {
  using database = await recorded([
    ...called('a', 1),
    ...called('b', 3),
    ...called('c', 2),
    ...called('d', 9, { kind: 'tool' }),
  ])
  const top = topSkillMetrics(database.reader, PROJECT, 'skill', 2)
  expect(top.map(({ skill_name, invocation_count }) => [skill_name, invocation_count])).toEqual([
    ['b', 3],
    ['c', 2],
  ])
  expect(getSkillMetrics(database.reader, PROJECT, 'skill', 'a')?.execution_ms_sum).toBe(1_500)
  expect(getSkillMetrics(database.reader, PROJECT, 'skill', 'd')).toBeUndefined()
})

test('quantiles of up to 100 calls are exact and within what was observed; above they are estimated', async () => {
  using one = await recorded(called('deploy', 1, { execution_ms: 44_379 }))
  expect(getSkill(one.reader, PROJECT, 'skill', 'deploy', NOW_MS)?.execution).toMatchObject({
    p50_ms: 44_379,
    p95_ms: 44_379,
    p99_ms: 44_379,
  })
  const durations = Array.from({ length: 101 }, (_, index) => 30_001 + index)
  const calls = (count: number) =>
    durations.slice(0, count).flatMap((execution_ms) => called('deploy', 1, { execution_ms }))
  using hundred = await recorded(calls(100))
  expect(getSkill(hundred.reader, PROJECT, 'skill', 'deploy', NOW_MS)?.execution).toMatchObject({
    p50_ms: 30_050.5,
    p50_ms_min: 30_050.5,
    p50_ms_max: 30_050.5,
    p99_ms: 30_099.01,
  })
  using more = await recorded(calls(101))
  expect(getSkill(more.reader, PROJECT, 'skill', 'deploy', NOW_MS)?.execution).toMatchObject({
    p50_ms: 45_000,
    p50_ms_min: 30_000,
    p50_ms_max: 60_000,
  })
})

test('calls without a result have no part in exact quantiles', async () => {
  using database = await recorded([
    ...called('deploy', 2, { execution_ms: 1_000 }),
    ...called('deploy', 1, { execution_ms: 9_000, outcome: 'rejected' }),
  ])
  expect(getSkill(database.reader, PROJECT, 'skill', 'deploy', NOW_MS)?.execution.p99_ms).toBe(1_000)
})
