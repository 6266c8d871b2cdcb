import { createApiKey } from '@skillwatch/db'
import { type AnalysisReport, parseReport } from '@skillwatch/schema'
import { aCluster, aSimilarity, aSimilarityReport, NOW_MS } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { get } from './read.ts'

async function report({ recorder, projectId }: TestGateway, body: AnalysisReport): Promise<void> {
  const result = parseReport(body, NOW_MS)
  if ('refusals' in result) throw new TypeError(JSON.stringify(result.refusals))
  await recorder.recordFindings(projectId, result.report)
}

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
  const names = ['pdf-fill', 'pdf-read', 'plan', 'deploy', 'review']
  await gateway.record([
    ...names.map((skill_name) => ({ skill_name })),
    { kind: 'command', skill_name: 'plan' },
  ])
  const [one, two] = [aCluster(1, 'pdf-fill', 'pdf-read'), aCluster(2, 'plan', 'deploy')]
  await report(
    gateway,
    aSimilarityReport({
      similarities: [
        aSimilarity(),
        aSimilarity({ similar_name: 'review', score: 0.3 }),
        aSimilarity({ skill_name: 'plan', similar_name: 'deploy' }),
        aSimilarity({ kind: 'command', skill_name: 'plan', similar_name: 'review', score: 0.2 }),
      ],
      clusters: [...one.clusters, ...two.clusters],
      memberships: [...one.memberships, ...two.memberships],
    }),
  )
})
afterAll(() => gateway.close())

const named = async (query: string) =>
  (await get(gateway, `/v1/similar${query}`)).body.items!.map(({ similar_name }) => similar_name)

test('similar skills are given with their source, reason, score and samples, and with their run', async () => {
  const { status, body } = await get(gateway, '/v1/similar?skill_name=pdf-fill&limit=1')
  expect(status).toBe(200)
  expect(body).toEqual({
    run: {
      ...{ computed_at: '2026-11-22T12:00:00.000Z', since: '2026-08-24T12:00:00.000Z' },
      ...{ until: '2026-11-22T12:00:00.000Z', sessions: 100, sessions_needed: 20, ignored_sessions: 0 },
      ...{ skills: 5, left_out_skills: 0, bootstraps: 50, stability: 0.9, stability_needed: 0.6 },
      ...{ unstable_clusters: 0, enough: true },
    },
    items: [
      {
        ...aSimilarity(),
        source: 'co_use_and_text',
        reason: expect.stringContaining('12 of its 30 sessions'),
      },
    ],
  })
})

test.each([
  ['?skill_name=pdf-fill', ['pdf-read', 'review']],
  ['?skill_name=plan', ['deploy', 'review']],
  ['?skill_name=plan&kind=command', ['review']],
  ['?skill_name=unknown', []],
])('%s gives %j', async (query, names) => {
  expect(await named(query)).toEqual(names)
})

test('clusters are given with their members, in pages', async () => {
  const { body } = await get(gateway, '/v1/clusters?limit=1')
  expect(body).toMatchObject({
    run: { stability: 0.9 },
    items: [
      {
        ...{ cluster_name: 'pdf-fill, pdf-read', skill_count: 2, stability: 0.9 },
        members: [
          { kind: 'skill', skill_name: 'pdf-fill', membership_score: 1 },
          { kind: 'skill', skill_name: 'pdf-read', membership_score: 1 },
        ],
      },
    ],
  })
  const next = await get(gateway, `/v1/clusters?limit=1&cursor=${body.next_cursor}`)
  expect(next.body).toMatchObject({ items: [{ cluster_name: 'plan, deploy' }], next_cursor: null })
})

test.each([
  ['/v1/similar', '/skill_name'],
  ['/v1/similar?skill_name=a&kind=skills', '/kind'],
  ['/v1/similar?skill_name=a&limit=0', '/limit'],
  ['/v1/clusters?cursor=banana', '/cursor'],
  ['/v1/clusters?skill_name=a', '/skill_name'],
])('%s is answered by a problem that names %s', async (path, pointer) => {
  const { status, body } = await get(gateway, path)
  expect([status, body.errors]).toEqual([400, [expect.objectContaining({ pointer })]])
})

test('before the first run there is no run, and nothing is similar', async () => {
  await using empty = await startGateway()
  expect((await get(empty, '/v1/similar?skill_name=a')).body).toEqual({ run: null, items: [] })
  expect((await get(empty, '/v1/clusters')).body).toEqual({ run: null, items: [], next_cursor: null })
})

test('a key reads what is similar in its own project, and needs scope read', async () => {
  const read = async (scope: 'read' | 'findings', project: string) => {
    const { api_key } = createApiKey(gateway.writer, { name: 'test', scopes: [scope], project }, NOW_MS)
    const headers = { authorization: `Bearer ${api_key}` }
    const answers = ['/v1/similar?skill_name=pdf-fill', '/v1/clusters'].map((path) =>
      get(gateway, path, headers),
    )
    return (await Promise.all(answers)).map(({ status, body }) => [status, body.items?.length])
  }
  expect(await read('read', 'default')).toEqual([
    [200, 2],
    [200, 2],
  ])
  expect(await read('read', 'other')).toEqual([
    [200, 0],
    [200, 0],
  ])
  expect(await read('findings', 'default')).toEqual([
    [403, undefined],
    [403, undefined],
  ])
})
