import { type Finding, formatInstant } from '@skillwatch/schema'
import { aFinding } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { CursorError, type FindingsQuery, listFindings } from '../../src/index.ts'
import { NOW_MS, openTestDatabase, PROJECT } from '../database.ts'
import { callSkills, createSave } from '../findings/stored.ts'
import { plansOf } from '../plans-of.ts'
import { allPages } from './recorded.ts'

const HOUR_MS = 3_600_000
const hoursAgo = (hours: number) => formatInstant(NOW_MS - hours * HOUR_MS)

async function withFindings(findings: readonly Partial<Finding>[]) {
  const database = openTestDatabase()
  await callSkills(database.writer, 'plan', 'deploy')
  createSave(database.writer)(
    findings.map((each, index) => aFinding({ finding_id: `${index}`, skill_name: 'plan', ...each })),
  )
  return database
}

const idsOf = (all: readonly Finding[]) => all.map(({ finding_id }) => finding_id).join('')

test('findings are selected by state, kind, skill and when they opened, the newest first', async () => {
  using database = await withFindings([
    { opened_at: hoursAgo(4) },
    { opened_at: hoursAgo(3), resolved_at: hoursAgo(1) },
    { opened_at: hoursAgo(2), skill_name: 'deploy' },
    { opened_at: hoursAgo(1), skill_name: 'deploy', resolved_at: hoursAgo(1) },
  ])
  // The same name as another kind, as ingest would store it when such a call was recorded.
  database.writer.sqlite.exec(`update skill_anomalies set kind = 'command' where finding_id = '0'`)
  const found = (query: Partial<FindingsQuery>) =>
    idsOf(listFindings(database.writer, PROJECT, { state: 'all', order: 'desc', limit: 9, ...query }).items)
  expect(found({})).toBe('3210')
  expect(found({ order: 'asc' })).toBe('0123')
  expect(found({ state: 'open' })).toBe('20')
  expect(found({ state: 'resolved' })).toBe('31')
  expect(found({ kind: 'command' })).toBe('0')
  expect(found({ kind: 'skill', state: 'open' })).toBe('2')
  expect(found({ skill_name: 'plan' })).toBe('10')
  expect(found({ skill_name: 'plan', kind: 'skill' })).toBe('1')
  expect(found({ skill_name: 'deploy', state: 'resolved' })).toBe('3')
  expect(found({ since_ms: NOW_MS - 3 * HOUR_MS, until_ms: NOW_MS - HOUR_MS })).toBe('21')
  expect(listFindings(database.writer, 2, { state: 'all', order: 'asc', limit: 9 }).items).toEqual([])
})

test.each(['asc', 'desc'] as const)(
  'pages in order %s hold each finding once, also of one instant',
  async (order) => {
    using database = await withFindings(
      Array.from({ length: 7 }, (_, index) => ({ opened_at: hoursAgo(index % 2) })),
    )
    const read = (query: Partial<FindingsQuery>) =>
      listFindings(database.writer, PROJECT, { state: 'open', order, limit: 2, ...query })
    const all = allPages((cursor) => read(cursor === undefined ? {} : { cursor }))
    expect(idsOf(all)).toBe(order === 'asc' ? '1350246' : '6420531')
    const { next_cursor } = read({})
    const other = order === 'asc' ? 'desc' : 'asc'
    expect(() => read({ order: other, cursor: next_cursor! })).toThrow(CursorError)
  },
)

test('each list of findings is read from one index in its order, without a sort', async () => {
  using database = await withFindings([{}, {}])
  const { writer } = database
  const plans = await plansOf(writer, () => {
    for (const order of ['asc', 'desc'] as const) {
      const query = { state: 'all', order, limit: 1, since_ms: 0, until_ms: NOW_MS } as const
      listFindings(writer, PROJECT, query)
      listFindings(writer, PROJECT, { ...query, kind: 'skill' })
      listFindings(writer, PROJECT, { ...query, state: 'resolved', kind: 'skill', skill_name: 'plan' })
      listFindings(writer, PROJECT, { ...query, state: 'open', skill_name: 'plan' })
    }
  })
  const indexes = ['by_time', 'by_kind', 'by_skill', 'open']
  expect(plans.map(({ plan }) => plan)).toEqual(
    [...indexes, ...indexes].map((index) => [
      expect.stringMatching(
        new RegExp(`^SEARCH skill_anomalies USING INDEX skill_anomalies_${index} .*opened_at_ms>\\?`),
      ),
    ]),
  )
})

test('a report searches findings of its window by time, and those that it names by their id', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await callSkills(writer, 'pdf-fill')
  const plans = await plansOf(writer, () => {
    createSave(writer)([aFinding()])
  })
  const searches = plans.flatMap(({ sql, plan }) =>
    /skill_anomal|select 1 from skill_invocation/.test(sql) ? plan : [],
  )
  expect(searches.filter((step) => step.startsWith('SCAN'))).toEqual([])
  expect(searches.join('\n')).toMatch(/skill_anomalies_by_time \(project_id=\? AND opened_at_ms>\? AND/)
  expect(searches.join('\n')).toMatch(/sqlite_autoindex_skill_anomalies_1 \(project_id=\? AND finding_id=\?/)
  expect(searches.join('\n')).toMatch(
    /skill_invocation_by_skill \(project_id=\? AND kind=\? AND skill_name=/,
  )
})
