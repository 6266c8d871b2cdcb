import type { Observation } from '@skillwatch/schema'
import {
  aBaseline,
  anAffinity,
  anAffinityReport,
  anObservation,
  aSimilarity,
  aSimilarityReport,
} from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import {
  affinitiesOf,
  getSimilarityRun,
  listClusters,
  listSimilar,
  recommendableBaselines,
  recommendableSkills,
  skillsOfPhase,
  skillsOfUser,
} from '../../src/index.ts'
import { createSave as createSaveBaselines } from '../baselines/stored.ts'
import { createRecord, NOW_MS, openTestDatabase, PROJECT, parsed } from '../database.ts'
import { plansOf } from '../plans-of.ts'
import { createSave } from '../similarity/stored.ts'

const call = (more: Partial<Observation>, index: number) =>
  parsed(anObservation({ invocation_id: `${index}`, invoked_at: NOW_MS - 1_000, ...more }))
const CALLS = [
  { user_id: 'ada', skill_name: 'plan', workflow_phase: 'setup' },
  { user_id: 'ada', skill_name: 'plan', outcome: 'failed' as const },
  {
    user_id: 'ada',
    skill_name: 'plan',
    outcome: 'running' as const,
    execution_ms: undefined,
    workflow_phase: 'setup',
  },
  { user_id: 'ada', skill_name: 'Read', kind: 'tool' as const, workflow_phase: 'setup' },
  { user_id: 'bob', skill_name: 'deploy', workflow_phase: 'setup' },
  { skill_name: 'review' },
].map(call)

async function withCalls() {
  const database = openTestDatabase()
  await createRecord(database.writer)([{ projectId: PROJECT, observations: CALLS }], NOW_MS)
  const save = createSave(database.writer)
  save(anAffinityReport([anAffinity(), anAffinity({ skill_name: 'deploy', also_name: 'plan' })]))
  save(aSimilarityReport({ similarities: [aSimilarity({ skill_name: 'plan', similar_name: 'deploy' })] }))
  createSaveBaselines(database.writer)([
    aBaseline({ skill_name: 'plan' }),
    aBaseline({ kind: 'tool', skill_name: 'Read' }),
  ])
  return database
}

const PLAN = { kind: 'skill', skill_name: 'plan', ended_count: 2, completed_count: 1 }
const DEPLOY = { kind: 'skill', skill_name: 'deploy', ended_count: 1, completed_count: 1 }

test('what a person uses, and what is used in a phase, is counted without tools', async () => {
  using database = await withCalls()
  const { writer } = database
  expect(skillsOfUser(writer, PROJECT, 'ada')).toEqual([PLAN])
  expect(skillsOfUser(writer, PROJECT, 'bob')).toEqual([DEPLOY])
  expect(skillsOfUser(writer, PROJECT, 'eve')).toEqual([])
  expect(skillsOfPhase(writer, PROJECT, 'setup')).toEqual([DEPLOY, { ...PLAN, ended_count: 1 }])
  expect(skillsOfPhase(writer, PROJECT, 'cleanup')).toEqual([])
  expect(recommendableSkills(writer, PROJECT).map(({ skill_name }) => skill_name)).toEqual([
    ...['deploy', 'plan', 'review'],
  ])
  expect(recommendableBaselines(writer, PROJECT).map(({ skill_name }) => skill_name)).toEqual(['plan'])
  expect(affinitiesOf(writer, PROJECT, [PLAN as never])).toEqual([anAffinity()])
})

test('each read for recommendations searches its rows by a key, and none scans', async () => {
  using database = await withCalls()
  const { writer } = database
  const plans = await plansOf(writer, () => {
    skillsOfUser(writer, PROJECT, 'ada')
    skillsOfPhase(writer, PROJECT, 'setup')
    recommendableSkills(writer, PROJECT)
    recommendableBaselines(writer, PROJECT)
    affinitiesOf(writer, PROJECT, [PLAN as never])
    listSimilar(writer, PROJECT, { skill_name: 'plan', limit: 10 })
    listClusters(writer, PROJECT, { limit: 10 })
    getSimilarityRun(writer, PROJECT)
  })
  expect(plans.length).toBeGreaterThan(7)
  for (const { sql, plan } of plans) {
    expect(plan, sql).not.toContainEqual(expect.stringMatching(/SCAN skill|TEMP B-TREE/))
    if (sql.includes('skill_affinity'))
      expect(plan, sql).toContainEqual(expect.stringMatching(/project_id=\? AND kind=\? AND skill_name=\?/))
  }
})
