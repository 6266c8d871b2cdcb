import { listClusters, listSimilar } from '@skillwatch/db'
import {
  aCluster,
  anAffinity,
  anAffinityReport,
  anObservation,
  aSimilarity,
  aSimilarityReport,
} from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testApp } from '../support.ts'

type Ingest = Awaited<ReturnType<typeof testApp>>

const NOTHING = { inserted: 0, updated: 0, deleted: 0, unchanged: 0, skipped: 0 }
const SKILLS = ['pdf-fill', 'pdf-read', 'plan', 'deploy']

const post = ({ app }: Ingest, payload: unknown) =>
  app.inject({
    method: 'POST',
    url: '/v1/findings',
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(payload),
  })

let ingest: Ingest
beforeAll(async () => {
  ingest = await testApp()
  await ingest.post(
    SKILLS.map((skill_name, index) =>
      anObservation({ skill_name, invocation_id: `${index}`, user_id: 'ada' }),
    ),
  )
})
afterAll(() => ingest[Symbol.asyncDispose]())

test('reports of similar skills and of affinities are stored, and the answer counts what they changed', async () => {
  const report = aSimilarityReport({ similarities: [aSimilarity()], ...aCluster(1, 'plan', 'deploy') })
  expect((await post(ingest, report)).json()).toEqual({ ...NOTHING, inserted: 4 })
  expect((await post(ingest, report)).json()).toEqual({ ...NOTHING, unchanged: 4 })
  const affinities = anAffinityReport([anAffinity(), anAffinity({ also_name: 'unknown' })])
  expect((await post(ingest, affinities)).json()).toEqual({ ...NOTHING, inserted: 1, skipped: 1 })
  expect(listSimilar(ingest.writer, 1, { skill_name: 'pdf-fill', limit: 20 })).toHaveLength(1)
  expect(listClusters(ingest.writer, 1, { limit: 20 }).items).toHaveLength(1)
  expect(ingest.differences()).toEqual([])
})

const similar = (more: object) =>
  aSimilarityReport({ similarities: [{ ...aSimilarity(), ...more } as never] })
const affinity = (more: object) => anAffinityReport([{ ...anAffinity(), ...more } as never])

test.each<[string, unknown, string]>([
  ['a score in percent', similar({ score: 90 }), '/similarities/0/score'],
  [
    'a skill that is similar to itself',
    similar({ similar_name: 'pdf-fill' }),
    '/similarities/0/similar_name',
  ],
  ['more sessions than there are', similar({ sessions_with: 101 }), '/similarities/0/sessions_with'],
  ['more sessions with both', similar({ sessions_with_both: 25 }), '/similarities/0/sessions_with_both'],
  [
    'the same pair twice',
    aSimilarityReport({ similarities: [aSimilarity(), aSimilarity()] }),
    '/similarities/1',
  ],
  [
    'a member of no cluster',
    aSimilarityReport({ memberships: aCluster(1, 'plan', 'deploy').memberships }),
    '/memberships/0/cluster_id',
  ],
  [
    'a cluster without members',
    aSimilarityReport({ ...aCluster(1, 'plan', 'deploy'), memberships: [] }),
    '/clusters/0/skill_count',
  ],
  ['a window of words', aSimilarityReport({ since: 'yesterday' }), '/since'],
  ['four persons', affinity({ persons: 4 }), '/affinities/0/persons'],
  ['more persons than there are', affinity({ persons: 25 }), '/affinities/0/persons'],
  ['an affinity of a skill to itself', affinity({ also_name: 'plan' }), '/affinities/0/also_name'],
  ['a user', affinity({ user_hash: 'abc' }), '/affinities/0/user_hash'],
])('of a report with %s nothing is stored, and the answer points to it', async (_, report, pointer) => {
  const before = listSimilar(ingest.writer, 1, { skill_name: 'pdf-fill', limit: 20 })
  const reply = await post(ingest, report)
  expect(reply.statusCode).toBe(422)
  expect(reply.json().errors).toContainEqual({ pointer, reason: expect.stringMatching(/./) })
  expect(listSimilar(ingest.writer, 1, { skill_name: 'pdf-fill', limit: 20 })).toEqual(before)
})

test('a full report of long names is taken by the default limits', async () => {
  const similarities = Array.from({ length: 20_000 }, (_, index) =>
    aSimilarity({
      skill_name: `plugin:skill-with-a-long-name-${Math.floor(index / 20)}`,
      similar_name: `plugin:another-skill-with-a-long-name-${index}`,
    }),
  )
  expect((await post(ingest, aSimilarityReport({ similarities }))).json()).toMatchObject({ skipped: 20_000 })
})
