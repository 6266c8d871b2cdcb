import { anObservation } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { listUses } from '../../src/index.ts'
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
