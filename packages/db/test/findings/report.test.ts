import type { Finding } from '@skillwatch/schema'
import { formatInstant } from '@skillwatch/schema'
import { aFinding } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { anomalySeries, readChanges, recount, streamPosition, type Writer } from '../../src/index.ts'
import { NOW_MS, openTestDatabase, PROJECT } from '../database.ts'
import { callSkills, createSave, storedFindings } from './stored.ts'

const HOUR_MS = 3_600_000
const NOTHING = { inserted: 0, updated: 0, deleted: 0, unchanged: 0, skipped: 0, dropped: 0 }

const hoursAgo = (hours: number) => formatInstant(NOW_MS - hours * HOUR_MS)

/** The finding of an hour. */
const findingOf = (hours: number, more: Partial<Finding> = {}) =>
  aFinding({ finding_id: `${hours} h ago`, opened_at: hoursAgo(hours), ...more })

function changesAfter(writer: Writer, offset: number) {
  return readChanges(writer, PROJECT, offset, 1_000).map(({ offset: _, ...change }) => change)
}

test('findings of a report are inserted, updated or deleted, each with one change in the log', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await callSkills(writer, 'pdf-fill')
  const save = createSave(writer)
  const [a, b, c] = [findingOf(3), findingOf(2), findingOf(1)]
  expect(save([a, b])).toEqual({ ...NOTHING, inserted: 2 })
  const { last_offset } = streamPosition(writer, PROJECT)
  const revised = { ...b, resolved_at: formatInstant(NOW_MS), samples: { baseline: 420, observed: 21 } }
  expect(save([revised, c])).toEqual({ ...NOTHING, inserted: 1, updated: 1, deleted: 1 })
  expect(storedFindings(writer)).toEqual([c, revised])
  expect(changesAfter(writer, last_offset)).toEqual([
    { op: 'delete', finding_id: a.finding_id },
    { op: 'update', finding: revised },
    { op: 'insert', finding: c },
  ])
  expect(changesAfter(writer, 1).slice(0, 2)).toEqual([
    { op: 'delete', finding_id: a.finding_id },
    { op: 'insert', finding: revised },
  ])
  expect(recount(writer, NOW_MS)).toEqual([])
})

test('a report that is posted twice changes nothing the second time', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await callSkills(writer, 'pdf-fill')
  const save = createSave(writer)
  const report = [
    findingOf(3, { p_value: 5e-324, q_value: 0.1 + 0.2, deviation_score: -0 }),
    findingOf(2, { kind: 'command', skill_name: 'gone' }),
  ]
  expect(save(report)).toEqual({ ...NOTHING, inserted: 1, skipped: 1 })
  const position = streamPosition(writer, PROJECT)
  expect(save(report)).toEqual({ ...NOTHING, unchanged: 1, skipped: 1 })
  expect(streamPosition(writer, PROJECT)).toEqual(position)
})

test.each<[keyof Finding, unknown]>([
  ['subtype', 'rise'],
  ['metric', 'volume'],
  ['updated_at', hoursAgo(1)],
  ['resolved_at', hoursAgo(1)],
  ['baseline_value', 0.94],
  ['observed_value', 0.41],
  ['deviation_score', -4.3],
  ['p_value', 0.000_03],
  ['q_value', 0.000_5],
  ['samples', { baseline: 421, observed: 20 }],
  ['samples', { baseline: 420, observed: 21 }],
  ['method', 'another one'],
  ['explanation', 'another one'],
  ['opened_at', hoursAgo(3)],
])('a finding whose %s differs is updated', async (field, value) => {
  using database = openTestDatabase()
  const { writer } = database
  await callSkills(writer, 'pdf-fill')
  const save = createSave(writer)
  const finding = findingOf(2)
  save([finding])
  expect(save([{ ...finding, [field]: value }])).toEqual({ ...NOTHING, updated: 1 })
  expect(storedFindings(writer)).toEqual([{ ...finding, [field]: value }])
})

test('findings that opened outside of the window stay, and those at its two ends are in it', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await callSkills(writer, 'pdf-fill')
  const save = createSave(writer)
  save([4, 3, 2, 1].map((hours) => findingOf(hours)))
  const window = { sinceMs: NOW_MS - 3 * HOUR_MS, untilMs: NOW_MS - 2 * HOUR_MS }
  expect(save([], window)).toEqual({ ...NOTHING, deleted: 2 })
  expect(storedFindings(writer).map(({ finding_id }) => finding_id)).toEqual(['1 h ago', '4 h ago'])
})

test('a finding that moves into the window is updated, and keeps its row', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await callSkills(writer, 'pdf-fill')
  const save = createSave(writer)
  const before = findingOf(10)
  save([before])
  const moved = { ...before, opened_at: hoursAgo(1), updated_at: hoursAgo(1) }
  const window = { sinceMs: NOW_MS - 2 * HOUR_MS }
  expect(save([moved], window)).toEqual({ ...NOTHING, updated: 1 })
  expect(storedFindings(writer)).toEqual([moved])
})

test('a finding about a skill without a recorded call is not stored, and is deleted when it was', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await callSkills(writer, 'pdf-fill', 'deploy')
  const save = createSave(writer)
  const report = [findingOf(1), findingOf(2, { skill_name: 'deploy' })]
  expect(save(report)).toEqual({ ...NOTHING, inserted: 2 })
  // As when a later witness gives the calls another name.
  writer.sqlite.exec(`update skill_invocation set skill_name = 'release' where skill_name = 'deploy'`)
  expect(save(report)).toEqual({ ...NOTHING, unchanged: 1, skipped: 1, deleted: 1 })
  expect(storedFindings(writer)).toEqual([report[0]])
})

test('beyond the bound the oldest resolved findings are dropped, and open ones after them', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await callSkills(writer, 'pdf-fill')
  const save = createSave(writer, 3)
  const resolved = (hours: number) => findingOf(hours, { resolved_at: hoursAgo(hours - 1) })
  const old = { sinceMs: NOW_MS - 9 * HOUR_MS, untilMs: NOW_MS - 5 * HOUR_MS }
  const recent = { sinceMs: NOW_MS - 4 * HOUR_MS }
  save([findingOf(9), resolved(8), resolved(7)], old)
  expect(save([findingOf(2), resolved(1)], recent)).toEqual({ ...NOTHING, inserted: 2, dropped: 2 })
  const ids = () => storedFindings(writer).map(({ finding_id }) => finding_id)
  expect(ids()).toEqual(['1 h ago', '2 h ago', '9 h ago'])
  const { last_offset } = streamPosition(writer, PROJECT)
  expect(save([findingOf(9), resolved(8), resolved(7)], old)).toEqual({
    ...NOTHING,
    unchanged: 1,
    dropped: 2,
  })
  expect(streamPosition(writer, PROJECT).last_offset).toBe(last_offset)
  expect(
    save(
      [1, 2, 3, 4].map((hours) => findingOf(hours)),
      recent,
    ),
  ).toMatchObject({ dropped: 2 })
  expect(ids()).toEqual(['1 h ago', '2 h ago', '3 h ago'])
})

test('the counter counts a finding once, when it is stored within two hours, and never falls', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await callSkills(writer, 'pdf-fill', 'deploy')
  const save = createSave(writer)
  const counts = () =>
    anomalySeries(writer, PROJECT).map((each) => [each.skill_name, each.subtype, each.finding_count])
  const justLive = aFinding({ finding_id: 'live', opened_at: formatInstant(NOW_MS - 2 * HOUR_MS + 1) })
  const justHistory = aFinding({ finding_id: 'history', opened_at: hoursAgo(2) })
  const other = aFinding({ finding_id: 'other', skill_name: 'deploy', subtype: 'spike' })
  save([justLive, justHistory, other])
  expect(counts()).toEqual([
    ['pdf-fill', 'drop', 1],
    ['deploy', 'spike', 1],
  ])
  save([{ ...justLive, observed_value: 0.2 }, other])
  save([])
  save([justLive, other, aFinding({ finding_id: 'next' })])
  expect(counts()).toEqual([
    ['pdf-fill', 'drop', 2],
    ['deploy', 'spike', 1],
  ])
})

test('a report belongs to its project: the same ids in another one are other findings', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await callSkills(writer, 'pdf-fill')
  createSave(writer)([findingOf(1)])
  writer.sqlite.exec(
    `insert into project (name, hash_key, created_at_ms) values ('other', x'00', 0);
    insert into stream values (2, 'e', 0, 1); update skill_anomalies set project_id = 2`,
  )
  expect(createSave(writer)([findingOf(1)])).toEqual({ ...NOTHING, inserted: 1 })
  expect(createSave(writer)([])).toEqual({ ...NOTHING, deleted: 1 })
  expect(writer.sqlite.prepare('select project_id from skill_anomalies').pluck().all()).toEqual([2])
})

test('secrets in a finding are not stored, and the finding keeps its identity', async () => {
  using database = openTestDatabase()
  const { writer } = database
  const secret = `ghp_${'a1B2'.repeat(9)}`
  await callSkills(writer, `fill ${secret}`)
  const save = createSave(writer)
  const report = [
    aFinding({
      ...{ finding_id: secret, skill_name: `fill ${secret}`, method: `password=hunter2` },
      explanation: `${secret} followed fill in 40% of 20 cases`,
    }),
  ]
  expect(save(report)).toEqual({ ...NOTHING, inserted: 1 })
  expect(save(report)).toEqual({ ...NOTHING, unchanged: 1 })
  const stored = storedFindings(writer)
  expect(stored[0]).toMatchObject({
    ...{ skill_name: 'fill [redacted]', finding_id: expect.stringMatching(/^redacted-/) },
  })
  expect(JSON.stringify(stored)).not.toMatch(/ghp_|hunter2/)
})
