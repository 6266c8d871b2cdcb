import { formatInstant } from '@skillwatch/schema'
import { aCluster, anAffinity, anAffinityReport, aSimilarity, aSimilarityReport } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import {
  affinitiesOf,
  getSimilarityRun,
  listClusters,
  listSimilar,
  streamPosition,
} from '../../src/index.ts'
import { NOW_MS, openTestDatabase, PROJECT } from '../database.ts'
import { callSkills } from '../findings/stored.ts'
import { createSave, storedOf } from './stored.ts'

const NOTHING = { inserted: 0, updated: 0, deleted: 0, unchanged: 0, skipped: 0 }
const LATER_MS = NOW_MS + 1_000
const SKILLS = ['pdf-fill', 'pdf-read', 'plan', 'deploy', 'review'] as const

async function openWithCalls() {
  const database = openTestDatabase()
  await callSkills(database.writer, ...SKILLS)
  return { ...database, save: createSave(database.writer), [Symbol.dispose]: database[Symbol.dispose] }
}

test('a report replaces the similar skills and clusters, and equal ones are left alone', async () => {
  using database = await openWithCalls()
  const { writer, save } = database
  const similarities = [aSimilarity(), aSimilarity({ similar_name: 'plan', score: 0.5 })]
  expect(save(aSimilarityReport({ similarities, ...aCluster(1, 'plan', 'deploy') }))).toEqual({
    ...{ ...NOTHING, inserted: 5 },
  })
  expect(storedOf(writer, 'pdf-fill')).toEqual(['pdf-fill~pdf-read', 'pdf-fill~plan', 'plan, deploy'])
  const revised = [aSimilarity({ score: 0.4 }), similarities[1]!]
  const next = { similarities: revised, ...aCluster(1, 'plan', 'review') }
  expect(save(aSimilarityReport(next), LATER_MS)).toEqual({
    ...{ inserted: 1, updated: 2, deleted: 1, unchanged: 2, skipped: 0 },
  })
  expect(storedOf(writer, 'pdf-fill')).toEqual(['pdf-fill~plan', 'pdf-fill~pdf-read', 'plan, review'])
})

test('the same report twice changes nothing, and no report is on the change log', async () => {
  using database = await openWithCalls()
  const { writer, save } = database
  const position = streamPosition(writer, PROJECT)
  const report = aSimilarityReport({ similarities: [aSimilarity()], ...aCluster(1, 'plan', 'deploy') })
  const affinities = anAffinityReport([anAffinity()])
  const tables = ['skill_similarity', 'skill_clusters', 'skill_cluster_membership', 'skill_similarity_run']
  const rows = () => {
    const all = [...tables, 'skill_affinity', 'skill_affinity_run']
    return all.map((table) => writer.sqlite.prepare(`select * from ${table}`).all())
  }
  save(report)
  save(affinities)
  const before = rows()
  expect(before.map(({ length }) => length)).toEqual([1, 1, 2, 1, 1, 1])
  expect(save(report, LATER_MS)).toEqual({ ...NOTHING, unchanged: 4 })
  expect(save(affinities, LATER_MS)).toEqual({ ...NOTHING, unchanged: 1 })
  expect(rows()).toEqual(before)
  expect(streamPosition(writer, PROJECT)).toEqual(position)
})

test('similar skills say by what they are similar, in words with their numbers', async () => {
  using database = await openWithCalls()
  const { writer, save } = database
  save(
    aSimilarityReport({
      similarities: [
        aSimilarity(),
        aSimilarity({ similar_name: 'plan', score: 0.7, text_score: 0 }),
        aSimilarity({ similar_name: 'deploy', score: 0.5, co_use_score: null }),
      ],
    }),
  )
  const items = listSimilar(writer, PROJECT, { skill_name: 'pdf-fill', limit: 20 })
  expect(items[0]).toEqual({
    ...aSimilarity(),
    source: 'co_use_and_text',
    reason:
      'They are used with the same other skills (co-use score 0.80), their names and descriptions have a ' +
      'text score of 0.50, and 12 of its 30 sessions have both.',
  })
  expect(items.slice(1).map(({ source, reason }) => [source, reason])).toEqual([
    [
      'co_use',
      'They are used with the same other skills (co-use score 0.80), and 12 of its 30 sessions have both.',
    ],
    ['text', 'Their names and descriptions have a text score of 0.50, and 12 of its 30 sessions have both.'],
  ])
  expect(listSimilar(writer, PROJECT, { skill_name: 'pdf-fill', limit: 1 })).toHaveLength(1)
  expect(listSimilar(writer, PROJECT, { skill_name: 'pdf-fill', kind: 'agent', limit: 1 })).toEqual([])
})

test('clusters have their members and a description, in pages by their number', async () => {
  using database = await openWithCalls()
  const { writer, save } = database
  const [one, two] = [aCluster(1, 'plan', 'deploy'), aCluster(2, 'pdf-fill', 'pdf-read')]
  const clusters = [...two.clusters, ...one.clusters]
  save(aSimilarityReport({ clusters, memberships: [...one.memberships, ...two.memberships] }))
  const first = listClusters(writer, PROJECT, { limit: 1 })
  const second = listClusters(writer, PROJECT, { limit: 1, cursor: first.next_cursor! })
  expect(first.items).toMatchObject([
    {
      ...{ cluster_id: 1, cluster_name: 'plan, deploy', stability: 0.9, created_at: formatInstant(NOW_MS) },
      description:
        '2 skills that are used in sessions with each other, or with the same others; samples of the sessions ' +
        'agree to 90%.',
      members: [{ skill_name: 'deploy', membership_score: 1 }, { skill_name: 'plan' }],
    },
  ])
  expect(second).toMatchObject({ items: [{ cluster_id: 2 }], next_cursor: null })
  expect(getSimilarityRun(writer, PROJECT)).toMatchObject({ sessions: 100, enough: true, stability: 0.9 })
})

test('rows about a skill without calls are skipped, and so is a cluster with one', async () => {
  using database = await openWithCalls()
  const { writer, save } = database
  const similarities = [aSimilarity(), aSimilarity({ similar_name: 'unknown' })]
  const report = aSimilarityReport({ similarities, ...aCluster(1, 'plan', 'deploy', 'unknown') })
  expect(save(report)).toEqual({ ...NOTHING, inserted: 1, skipped: 5 })
  expect(save(anAffinityReport([anAffinity({ also_name: 'unknown' })]))).toEqual({ ...NOTHING, skipped: 1 })
  expect(storedOf(writer, ...SKILLS)).toEqual(['pdf-fill~pdf-read'])
})

test('secrets in names are removed, also from the name of a cluster', async () => {
  using database = openTestDatabase()
  const { writer } = database
  const secret = `ghp_${'A'.repeat(36)}`
  await callSkills(writer, `deploy ${secret}`, 'plan')
  const save = createSave(writer)
  save(
    aSimilarityReport({
      similarities: [aSimilarity({ skill_name: 'plan', similar_name: `deploy ${secret}` })],
      ...aCluster(1, 'plan', `deploy ${secret}`),
    }),
  )
  save(anAffinityReport([anAffinity({ skill_name: 'plan', also_name: `deploy ${secret}` })]))
  expect(storedOf(writer, 'plan')).toEqual([
    ...['plan~deploy [redacted]', 'plan>deploy [redacted]', 'plan, deploy [redacted]'],
  ])
  expect(affinitiesOf(writer, PROJECT, [{ kind: 'skill', skill_name: 'plan' }])).toHaveLength(1)
})
