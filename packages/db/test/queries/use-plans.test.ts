import { anObservation } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { listUses, type UseLabel, useHours } from '../../src/index.ts'
import { DAY_MS } from '../../src/time.ts'
import { NOW_MS, PROJECT } from '../database.ts'
import { plansOf } from '../plans-of.ts'
import { recorded } from './recorded.ts'

test('uses of a session are searched by the session, whatever else is asked for', async () => {
  using database = await recorded([anObservation({ invoked_at: NOW_MS })])
  const { reader } = database
  const plans = await plansOf(reader, () => {
    for (const order of ['asc', 'desc'] as const) {
      const query = { session_id: 'session-1', order, limit: 1 }
      listUses(reader, PROJECT, query)
      listUses(reader, PROJECT, { ...query, prompt_id: 'p' })
      listUses(reader, PROJECT, { ...query, prompt_id: null })
      listUses(reader, PROJECT, { ...query, kind: 'skill', skill_name: 'pdf-fill' })
      listUses(reader, PROJECT, { ...query, since_ms: 0, until_ms: NOW_MS })
    }
  })
  expect(plans).toHaveLength(10)
  for (const { sql, plan } of plans)
    expect(plan[0], sql).toMatch(
      /^SEARCH u USING INDEX skill_use_by_session \(project_id=\? AND session_id=\?/,
    )
})

test('other uses are read in the order of time from one index, without a sort', async () => {
  using database = await recorded([anObservation({ invoked_at: NOW_MS })])
  const { reader } = database
  const plans = await plansOf(reader, () => {
    const query = { order: 'desc', limit: 1 } as const
    listUses(reader, PROJECT, query)
    listUses(reader, PROJECT, { ...query, kind: 'skill' })
    listUses(reader, PROJECT, { ...query, skill_name: 'pdf-fill' })
    listUses(reader, PROJECT, { ...query, kind: 'skill', skill_name: 'pdf-fill' })
  })
  expect(plans.map(({ plan }) => plan[0]!.replace(/ \(.*/, ''))).toEqual(
    ['time', 'kind', 'skill', 'skill'].map((index) => `SEARCH u USING INDEX skill_use_by_${index}`),
  )
  for (const { plan } of plans) expect(plan).not.toContainEqual(expect.stringContaining('TEMP B-TREE'))
})

test('sums of uses are searched by time, or by skill and time', async () => {
  using database = await recorded([anObservation({ invoked_at: NOW_MS })])
  const { reader } = database
  const window = { since_ms: NOW_MS - 100 * DAY_MS, until_ms: NOW_MS }
  const plans = await plansOf(reader, () => {
    const sumsOf = (by: UseLabel[], filter = {}) =>
      useHours(
        reader,
        PROJECT,
        { ...window, ...filter },
        { by, counters: ['calls'], splitAt: () => [NOW_MS - DAY_MS] },
      )
    sumsOf(['kind', 'skill_name'])
    sumsOf(['kind', 'skill_name'], { kind: 'skill' })
    sumsOf(['repository'], { kind: 'skill' })
    sumsOf(['repository'], { skill_name: 'pdf-fill' })
  })
  const searches = plans.flatMap(({ plan }) => plan.filter((step) => step.startsWith('SEARCH')))
  expect(new Set(searches)).toEqual(
    new Set([
      'SEARCH skill_use_series USING INDEX skill_use_series_by_hour (project_id=? AND hour_at_ms>? AND hour_at_ms<?)',
      'SEARCH skill_use_series USING PRIMARY KEY (project_id=? AND kind=? AND skill_name=? AND hour_at_ms>? AND hour_at_ms<?)',
      'SEARCH skill_use_period USING PRIMARY KEY (project_id=? AND period_days=? AND period_at_ms>? AND period_at_ms<?)',
      'SEARCH place_use_day USING PRIMARY KEY (project_id=? AND day_at_ms>? AND day_at_ms<?)',
    ]),
  )
  for (const { sql, plan } of plans) expect(plan, sql).not.toContainEqual(expect.stringMatching(/^SCAN/))
})
