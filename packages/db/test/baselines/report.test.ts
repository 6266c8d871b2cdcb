import { formatInstant } from '@skillwatch/schema'
import { aBaseline } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { createProject, getBaselineRun, streamPosition } from '../../src/index.ts'
import { NOW_MS, openTestDatabase, PROJECT } from '../database.ts'
import { callSkills } from '../findings/stored.ts'
import { createSave, storedBaselines } from './stored.ts'

const NOTHING = { inserted: 0, updated: 0, deleted: 0, unchanged: 0, skipped: 0 }
const LATER_MS = NOW_MS + 1_000

async function openWithCalls() {
  const database = openTestDatabase()
  await callSkills(database.writer, 'pdf-fill', 'deploy', 'plan')
  return { ...database, save: createSave(database.writer), [Symbol.dispose]: database[Symbol.dispose] }
}

test('a report replaces the baselines of the project, and equal ones are left alone', async () => {
  using database = await openWithCalls()
  const { writer, save } = database
  const [a, b, c] = ['deploy', 'pdf-fill', 'plan'].map((skill_name) => aBaseline({ skill_name }))
  expect(save([a!, b!])).toEqual({ ...NOTHING, inserted: 2 })
  const changed = { ...b!, global_completion_rate: 0.8, global_avg_duration_seconds: null }
  expect(save([changed, c!], {}, LATER_MS)).toEqual({ ...NOTHING, inserted: 1, updated: 1, deleted: 1 })
  expect(save([changed, c!, a!], {}, LATER_MS + 1)).toEqual({ ...NOTHING, inserted: 1, unchanged: 2 })
  expect(storedBaselines(writer)).toEqual([
    { ...a!, last_updated: formatInstant(LATER_MS + 1) },
    { ...changed, last_updated: formatInstant(LATER_MS) },
    { ...c!, last_updated: formatInstant(LATER_MS) },
  ])
})

test('the same report twice changes nothing, and no report is in the change log', async () => {
  using database = await openWithCalls()
  const { writer, save } = database
  const rows = () => [
    writer.sqlite.prepare('select * from skill_community_baselines').all(),
    writer.sqlite.prepare('select * from skill_baseline_run').all(),
    streamPosition(writer, PROJECT),
  ]
  const position = streamPosition(writer, PROJECT)
  save([aBaseline()])
  const before = rows()
  expect(before[2]).toEqual(position)
  expect(save([aBaseline()], {}, LATER_MS)).toEqual({ ...NOTHING, unchanged: 1 })
  expect(rows()).toEqual(before)
})

test('the run says when it was received, what was counted and what was withheld', async () => {
  using database = await openWithCalls()
  const { writer, save } = database
  expect(getBaselineRun(writer, PROJECT)).toBeUndefined()
  save([])
  const withheld = { too_few_persons: 2, mostly_one_person: 1, calls_without_user: 500 }
  const run = {
    since: formatInstant(NOW_MS - 90 * 86_400_000),
    until: formatInstant(NOW_MS),
    computed_at: formatInstant(NOW_MS),
    persons: 15,
    withheld,
  }
  expect(getBaselineRun(writer, PROJECT)).toEqual(run)
  save([], { persons: 20 }, LATER_MS)
  const later = { ...run, persons: 20, computed_at: formatInstant(LATER_MS) }
  expect(getBaselineRun(writer, PROJECT)).toEqual(later)
})

test('a baseline of a skill without calls is skipped', async () => {
  using database = await openWithCalls()
  const { writer, save } = database
  const unknown = [aBaseline({ skill_name: 'unknown' }), aBaseline({ kind: 'tool' })]
  expect(save([aBaseline(), ...unknown])).toEqual({ ...NOTHING, inserted: 1, skipped: 2 })
  expect(storedBaselines(writer)).toHaveLength(1)
})

test('secrets in names are removed before the skill is looked up, and equal names are one', async () => {
  using database = openTestDatabase()
  const { writer } = database
  const secrets = ['A', 'B'].map((end) => `ghp_${end.repeat(36)}`)
  await callSkills(writer, `deploy ${secrets[0]}`)
  const baselines = secrets.map((secret) =>
    aBaseline({ skill_name: `deploy ${secret}`, most_common_workflow_phase: secret }),
  )
  expect(createSave(writer)(baselines)).toEqual({ ...NOTHING, inserted: 1, skipped: 1 })
  expect(storedBaselines(writer)).toEqual([
    expect.objectContaining({ skill_name: 'deploy [redacted]', most_common_workflow_phase: '[redacted]' }),
  ])
})

test('each project has its own baselines', async () => {
  using database = await openWithCalls()
  const { writer, save } = database
  const { project_id } = createProject(writer, 'other', NOW_MS)
  save([aBaseline()])
  expect(storedBaselines(writer, project_id)).toEqual([])
  expect(getBaselineRun(writer, project_id)).toBeUndefined()
})
