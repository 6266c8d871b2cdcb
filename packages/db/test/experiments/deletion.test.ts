import { expect, test } from 'vitest'
import { createProject, type DeletionSelector, findDeletion, type Writer } from '../../src/index.ts'
import { NOW_MS, PROJECT } from '../database.ts'
import { anExperiment, anOutcome, assigned, openRecorder, sumsAndRecount } from './stored.ts'

const TABLES = ['ab_test_configs', 'ab_test_assignments', 'ab_test_outcomes'] as const
const countsOf = ({ sqlite }: Writer, project = PROJECT) =>
  TABLES.map((table) =>
    sqlite.prepare(`select count(*) from ${table} where project_id = ?`).pluck().get(project),
  )

/** Four outcomes of Ada (more than one step deletes), one of Bob, none of Eve. */
async function openWithUsers() {
  const database = openRecorder()
  await database.recorder.experiments.create(PROJECT, anExperiment())
  await database.recorder.experiments.record(PROJECT, [
    ...['ada', 'bob', 'eve'].map((user) => assigned(user)),
    ...[4, 3, 2, 1].map((age) => anOutcome('ada', { recorded_at: NOW_MS - age })),
    anOutcome('bob', { skill_name: 'deploy' }),
  ])
  return database
}

test.each<[DeletionSelector, number[], number, number]>([
  [{ user_id: 'ada' }, [1, 2, 1], 1, 4],
  [{ user_id: 'eve' }, [1, 2, 5], 1, 0],
  [{ user_id: 'nobody' }, [1, 3, 5], 0, 0],
  [{ skill_name: 'plan' }, [1, 3, 1], 0, 4],
  [{ skill_name: 'deploy', kind: 'tool' }, [1, 3, 4], 0, 1],
  [{ before_ms: NOW_MS - 2 }, [1, 3, 3], 0, 2],
  [{ before_ms: NOW_MS + 1 }, [1, 0, 0], 3, 5],
  [{ session_id: 'ada' }, [1, 3, 5], 0, 0],
  [{ everything: true }, [0, 0, 0], 3, 5],
])('deleting %j leaves %j rows, and the receipt says so', async (selector, left, assignments, outcomes) => {
  await using database = await openWithUsers()
  const { recorder, writer } = database
  const receipt = await recorder.delete(PROJECT, selector)
  expect(countsOf(writer)).toEqual(left)
  const counts = { experiment_assignments: assignments, experiment_outcomes: outcomes }
  expect(receipt).toMatchObject(counts)
  expect(findDeletion(writer, PROJECT, receipt.receipt_id)).toMatchObject(counts)
  const { stored, counted } = sumsAndRecount(writer)
  expect(stored).toEqual(counted)
})

test('a deletion leaves the users of other projects', async () => {
  await using database = await openWithUsers()
  const { recorder, writer } = database
  const { project_id } = createProject(writer, 'other', NOW_MS)
  await recorder.experiments.create(project_id, anExperiment())
  await recorder.experiments.record(project_id, [assigned('ada'), anOutcome('ada')])
  await recorder.delete(PROJECT, { user_id: 'ada' })
  await recorder.delete(PROJECT, { everything: true })
  expect(countsOf(writer, project_id)).toEqual([1, 1, 1])
})
