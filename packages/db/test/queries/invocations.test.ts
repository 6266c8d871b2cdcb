import { type InvocationRow, KINDS, type Observation, OUTCOMES } from '@skillwatch/schema'
import { anObservation, observationArbitrary } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  CursorError,
  getInvocationDetail,
  type InvocationsQuery,
  listInvocations,
  type Reader,
} from '../../src/index.ts'
import { EXAMINED_ROWS_MAX } from '../../src/queries/invocation-rows.ts'
import { NOW_MS, PROJECT } from '../database.ts'
import { allPages, recorded } from './recorded.ts'

const FROM_MS = Date.UTC(2026, 0, 1)
const UNTIL_MS = FROM_MS + 50

/** What a list should hold, from the rows themselves. */
function expectedIds(reader: Reader, query: InvocationsQuery): string[] {
  const rows = reader.sqlite
    .prepare('select * from skill_invocation order by invoked_at_ms, row_id')
    .all() as InvocationRow[]
  const matching = rows.filter(
    (row) =>
      (['kind', 'skill_name', 'session_id', 'outcome', 'workflow_phase'] as const).every(
        (column) => query[column] === undefined || query[column] === row[column],
      ) &&
      row.invoked_at_ms >= (query.since_ms ?? 0) &&
      row.invoked_at_ms < (query.until_ms ?? Infinity),
  )
  const ids = matching.map((row) => row.invocation_id)
  return query.order === 'asc' ? ids : ids.toReversed()
}

const queryArbitrary: fc.Arbitrary<InvocationsQuery> = fc.record(
  {
    kind: fc.constantFrom(...KINDS),
    skill_name: fc.constantFrom('pdf-fill', 'pdf-read', 'deploy', 'unknown'),
    session_id: fc.constantFrom('session-1', 'session-2'),
    outcome: fc.constantFrom(...OUTCOMES),
    workflow_phase: fc.constantFrom('setup', 'execution'),
    since_ms: fc.integer({ min: FROM_MS, max: UNTIL_MS }),
    until_ms: fc.integer({ min: FROM_MS, max: UNTIL_MS }),
    order: fc.constantFrom('asc' as const, 'desc' as const),
    limit: fc.integer({ min: 1, max: 7 }),
  },
  { requiredKeys: ['order', 'limit'] },
)

test('pages under any filters, put together, are exactly the matching invocations in order', async () => {
  const observations = fc.array(
    observationArbitrary({ fromMs: FROM_MS, untilMs: UNTIL_MS, invocations: 1_000 }),
    {
      minLength: 30,
      maxLength: 60,
    },
  )
  await fc.assert(
    fc.asyncProperty(
      observations,
      fc.array(queryArbitrary, { minLength: 20, maxLength: 20 }),
      async (items, queries) => {
        using database = await recorded(items)
        for (const query of queries) {
          const listed = allPages((cursor) =>
            listInvocations(database.reader, PROJECT, { ...query, cursor }),
          )
          expect(listed.map((invocation) => invocation.invocation_id)).toEqual(
            expectedIds(database.reader, query),
          )
        }
      },
    ),
    { numRuns: 10 },
  )
})

test('a page holds at most `limit` items, and the last page has no cursor', async () => {
  const observations = Array.from({ length: 5 }, (_, i) => anObservation({ invoked_at: FROM_MS + i }))
  using database = await recorded(observations)
  const page = listInvocations(database.reader, PROJECT, { order: 'asc', limit: 3 })
  expect(page.items).toHaveLength(3)
  const rest = listInvocations(database.reader, PROJECT, {
    order: 'asc',
    limit: 3,
    cursor: page.next_cursor!,
  })
  expect([rest.items.length, rest.next_cursor]).toEqual([2, null])
})

test('an invocation is found by its id, in its own project only', async () => {
  using database = await recorded([anObservation({ invocation_id: 'a/b?c', skill_name: 'deploy' })])
  expect(getInvocationDetail(database.reader, PROJECT, 'a/b?c')).toMatchObject({
    skill_name: 'deploy',
    completed: true,
  })
  expect(getInvocationDetail(database.reader, PROJECT, 'unknown')).toBeUndefined()
  expect(getInvocationDetail(database.reader, PROJECT + 1, 'a/b?c')).toBeUndefined()
})

test('rare matches behind many other rows are found over short pages, each of bounded cost', async () => {
  // Counted from the newest: the last row that the first request examines, the next one, and the oldest.
  const rare = [EXAMINED_ROWS_MAX, EXAMINED_ROWS_MAX + 1, 2 * EXAMINED_ROWS_MAX + 5]
  const observations = Array.from({ length: 2 * EXAMINED_ROWS_MAX + 5 }, (_, i) =>
    anObservation({
      invocation_id: `${i + 1}`,
      invoked_at: NOW_MS - i,
      outcome: rare.includes(i + 1) ? 'failed' : 'completed',
    }),
  )
  using database = await recorded([])
  for (let at = 0; at < observations.length; at += 5_000)
    await database.record(observations.slice(at, at + 5_000))

  const pages: string[][] = []
  allPages((cursor) => {
    const page = listInvocations(database.reader, PROJECT, {
      outcome: 'failed',
      order: 'desc',
      limit: 10,
      cursor,
    })
    pages.push(page.items.map((invocation) => invocation.invocation_id))
    return page
  })
  expect(pages).toEqual([[`${rare[0]}`], [`${rare[1]}`], [`${rare[2]}`]])
})

test('a rare name of two kinds fills its page in one request, however many others there are', async () => {
  const rare = { skill_name: 'rare', invoked_at: FROM_MS }
  using database = await recorded([
    anObservation({ ...rare, invocation_id: 'as-skill', kind: 'skill' }),
    anObservation({ ...rare, invocation_id: 'as-agent', kind: 'agent' }),
  ])
  const others = Array.from({ length: EXAMINED_ROWS_MAX / 2 }, () => anObservation({ invoked_at: NOW_MS }))
  for (let round = 0; round < 2; round++) await database.record(others)

  const page = listInvocations(database.reader, PROJECT, { skill_name: 'rare', order: 'desc', limit: 10 })
  expect(page.items.map(({ invocation_id }) => invocation_id)).toEqual(['as-agent', 'as-skill'])
  expect(page.next_cursor).toBeNull()
})

test('pages of a name of two kinds continue in the middle of one millisecond, in both orders', async () => {
  const kinds = ['skill', 'agent', 'agent', 'skill', 'agent', 'skill'] as const
  using database = await recorded(
    kinds.map((kind, index) =>
      anObservation({ kind, invocation_id: `${index}`, invoked_at: FROM_MS + Math.floor(index / 4) }),
    ),
  )
  for (const order of ['asc', 'desc'] as const) {
    for (const limit of [1, 2, 3, 4]) {
      const query = { skill_name: 'pdf-fill', order, limit }
      const listed = allPages((cursor) => listInvocations(database.reader, PROJECT, { ...query, cursor }))
      expect(listed.map(({ invocation_id }) => invocation_id)).toEqual(expectedIds(database.reader, query))
    }
  }
})

test('an outcome of a name of two kinds is looked for in a bounded number of its rows', async () => {
  const observations = Array.from({ length: EXAMINED_ROWS_MAX + 1 }, (_, index) =>
    anObservation({
      invocation_id: `${index}`,
      kind: index % 2 === 0 ? 'skill' : 'agent',
      invoked_at: FROM_MS + index,
      outcome: index < EXAMINED_ROWS_MAX ? 'completed' : 'failed',
    }),
  )
  using database = await recorded(observations)
  const query = { skill_name: 'pdf-fill', outcome: 'failed', order: 'asc', limit: 10 } as const
  const first = listInvocations(database.reader, PROJECT, query)
  expect(first.items).toEqual([])
  const second = listInvocations(database.reader, PROJECT, { ...query, cursor: first.next_cursor! })
  expect(second.items.map(({ invocation_id }) => invocation_id)).toEqual([`${EXAMINED_ROWS_MAX}`])
  expect(second.next_cursor).toBeNull()
})

test('a cursor is accepted in its own order only', async () => {
  using database = await recorded([anObservation(), anObservation()])
  const { next_cursor } = listInvocations(database.reader, PROJECT, { order: 'asc', limit: 1 })
  const turned = () =>
    listInvocations(database.reader, PROJECT, { order: 'desc', limit: 1, cursor: next_cursor! })
  expect(turned).toThrow(CursorError)
})

test('names are compared as data, whatever is in them', async () => {
  const hostile = ["'; drop table skill_invocation; --", '"', '%', '__proto__', 'a/b', '名前', '😀']
  const observations: Observation[] = hostile.map((skill_name) =>
    anObservation({ skill_name, invoked_at: NOW_MS }),
  )
  using database = await recorded(observations)
  for (const skill_name of hostile) {
    const { items } = listInvocations(database.reader, PROJECT, { skill_name, order: 'desc', limit: 10 })
    expect(items.map((invocation) => invocation.skill_name)).toEqual([skill_name])
  }
})
