import { formatInstant } from '@skillwatch/schema'
import { anObservation, observationArbitrary } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { timeSeries } from '../../src/index.ts'
import { NOW_MS, PROJECT } from '../database.ts'
import { allPages, recorded } from './recorded.ts'

const HOUR_MS = 3_600_000

test('an hour is counted whole, with the means of its durations', () => {
  const hourMs = NOW_MS - 5 * HOUR_MS
  using database = recorded([
    anObservation({ invoked_at: hourMs + 1, execution_ms: 1_000, elapsed_ms: 3_000 }),
    anObservation({ invoked_at: hourMs + HOUR_MS - 1, execution_ms: 2_000, outcome: 'failed' }),
    anObservation({ invoked_at: hourMs + HOUR_MS }),
  ])
  const range = { since_ms: hourMs + 1_000, until_ms: hourMs + 2_000, limit: 10 }
  expect(timeSeries(database.reader, PROJECT, range).items).toEqual([
    {
      hour_at: formatInstant(hourMs),
      kind: 'skill',
      skill_name: 'pdf-fill',
      invocation_count: 2,
      running_count: 0,
      completed_count: 1,
      failed_count: 1,
      rejected_count: 0,
      abandoned_count: 0,
      completion_rate: 0.5,
      execution_count: 2,
      execution_mean_ms: 1_500,
      elapsed_count: 1,
      elapsed_mean_ms: 3_000,
    },
  ])
})

test('pages under any filter, put together, are the hours of the rows in order', () => {
  const filter = fc.record(
    {
      kind: fc.constantFrom('skill' as const, 'tool' as const),
      skill_name: fc.constantFrom('pdf-fill', 'deploy'),
    },
    { requiredKeys: [] },
  )
  const observations = fc.array(observationArbitrary({ invocations: 200 }), { minLength: 20, maxLength: 60 })
  fc.assert(
    fc.property(observations, filter, fc.integer({ min: 1, max: 5 }), (items, wanted, limit) => {
      using database = recorded(items)
      const query = { ...wanted, since_ms: 0, until_ms: NOW_MS + 48 * HOUR_MS, limit }
      const points = allPages((cursor) => timeSeries(database.reader, PROJECT, { ...query, cursor }))
      const expected = database.reader.sqlite
        .prepare(
          `select invoked_at_ms / ${HOUR_MS} * ${HOUR_MS} as hour_at_ms, kind, skill_name,
            count(*) as invocation_count
          from skill_invocation where kind = coalesce(?, kind) and skill_name = coalesce(?, skill_name)
          group by 1, 2, 3 order by 1, 2, 3`,
        )
        .all(wanted.kind ?? null, wanted.skill_name ?? null) as { hour_at_ms: number }[]
      expect(
        points.map(({ hour_at, kind, skill_name, invocation_count }) => ({
          hour_at,
          kind,
          skill_name,
          invocation_count,
        })),
      ).toEqual(expected.map(({ hour_at_ms, ...row }) => ({ hour_at: formatInstant(hour_at_ms), ...row })))
    }),
    { numRuns: 15 },
  )
})
