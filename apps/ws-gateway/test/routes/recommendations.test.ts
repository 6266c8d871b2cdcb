import { createApiKey } from '@skillwatch/db'
import {
  type AnalysisReport,
  parseReport,
  parseSkillScan,
  type RecommendationReply,
} from '@skillwatch/schema'
import {
  aBaseline,
  aBaselineReport,
  anAffinity,
  anAffinityReport,
  aScan,
  aSkillFile,
  NOW_MS,
} from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { get } from './read.ts'

async function report({ recorder, projectId }: TestGateway, body: AnalysisReport): Promise<void> {
  const result = parseReport(body, NOW_MS)
  if ('refusals' in result) throw new TypeError(JSON.stringify(result.refusals))
  await recorder.recordFindings(projectId, result.report)
}

const SKILLS = ['plan', 'review', 'test-runner', 'deploy', 'pdf-fill', 'pdf-read']
const also = (skill_name: string, also_name: string, affinity: number) =>
  anAffinity({ skill_name, also_name, affinity })

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
  const { record } = gateway
  await record(SKILLS.map((skill_name) => ({ skill_name, user_id: 'bob' })))
  await record(['plan', 'review', 'test-runner'].map((skill_name) => ({ skill_name, user_id: 'ada' })))
  await record([{ kind: 'tool', skill_name: 'Read', user_id: 'ada', workflow_phase: 'setup' }])
  const setup = Array.from({ length: 20 }, (_, index) => ({ skill_name: index < 15 ? 'plan' : 'review' }))
  await record(setup.map((each) => ({ ...each, workflow_phase: 'setup' })))
  await report(
    gateway,
    aBaselineReport(
      SKILLS.map((skill_name) => aBaseline({ skill_name })),
      { persons: 20 },
    ),
  )
  await report(
    gateway,
    anAffinityReport([
      ...[also('plan', 'deploy', 0.3), also('review', 'deploy', 0.3), also('plan', 'review', 0.9)],
      also('plan', 'pdf-fill', 0.3),
    ]),
  )
})
afterAll(() => gateway.close())

const recommended = async (query = '', of = gateway) => {
  const { status, body } = await get(of, `/v1/recommendations${query}`)
  expect(status).toBe(200)
  return body as unknown as RecommendationReply
}
const named = ({ items }: RecommendationReply) => items.map(({ skill_name }) => skill_name)

test('a person is recommended what others with the same skills also use, and nothing that is used well', async () => {
  const reply = await recommended('?user_id=ada')
  expect(reply).toMatchObject({
    source: 'persons',
    reason: 'From what persons who use some of the 3 skills of this person also use.',
    items: [
      { skill_name: 'deploy', source: 'persons', score: 0.18, samples: 10, sample_unit: 'persons' },
      { skill_name: 'pdf-fill', source: 'persons', score: 0.09 },
    ],
  })
  expect(reply.items[0]!.reason).toMatch(/^At least 10 persons who use plan .* also use it/)
})

test('a person who uses everything, and one who uses too little, get baselines without what is used well', async () => {
  const bob = await recommended('?user_id=bob')
  expect(bob).toMatchObject({ source: 'calls', items: [] })
  const stranger = await recommended('?user_id=eve&limit=2')
  expect(stranger).toMatchObject({ source: 'baselines', items: [{ source: 'baselines' }, {}] })
  expect(stranger.reason).toBe(
    'What other persons do says nothing about the 0 skills of this person. From the baselines of 6 skills over ' +
      'all persons.',
  )
})

test('a query finds skills by their words, and falls back to baselines when none matches', async () => {
  expect(await recommended('?query=read%20a%20PDF')).toMatchObject({
    source: 'text',
    items: [
      { skill_name: 'pdf-read', source: 'text', samples: 1, sample_unit: 'calls' },
      { skill_name: 'pdf-fill' },
    ],
  })
  const reply = await recommended('?query=quantum')
  expect(reply).toMatchObject({ source: 'baselines' })
  expect(reply.reason).toMatch(
    /^No word of the query is in a name or a description of the 6 skills\. From the baselines/,
  )
})

test('a skill that is recorded later is found by the next query', async () => {
  await using own = await startGateway()
  await own.record([{ skill_name: 'plan' }])
  expect(named(await recommended('?query=kubernetes', own))).toEqual(['plan'])
  await own.record([{ skill_name: 'kubernetes-apply' }])
  expect(named(await recommended('?query=kubernetes', own))).toEqual(['kubernetes-apply'])
})

test('a query finds a skill by the description that a scan has found, also a skill that is typed', async () => {
  await using own = await startGateway()
  await own.record([{ skill_name: 'plan' }, { skill_name: 'k8s' }, { kind: 'command', skill_name: 'k8s' }])
  expect(named(await recommended('?query=kubernetes', own))).toHaveLength(3)
  const scanned = parseSkillScan(
    aScan([aSkillFile({ skill_name: 'k8s', description: 'Applies manifests of Kubernetes.' })]),
    NOW_MS,
  )
  if ('refusals' in scanned) throw new TypeError(JSON.stringify(scanned.refusals))
  await own.recorder.recordScan(own.projectId, scanned.scan)
  const found = await recommended('?query=kubernetes', own)
  expect(found.items.map(({ kind, skill_name }) => [kind, skill_name])).toEqual([
    ['command', 'k8s'],
    ['skill', 'k8s'],
  ])
})

test('a phase gives what is used in it, without tools, and falls back when too few calls have it', async () => {
  const setup = await recommended('?workflow_phase=setup')
  expect([setup.source, named(setup)]).toEqual(['workflow_phase', ['plan', 'review']])
  expect(setup.reason).toBe('From 20 calls in this phase of a workflow.')
  const other = await recommended('?workflow_phase=cleanup')
  expect(other.source).toBe('baselines')
  expect(other.reason).toMatch(/^There are 0 calls in this phase of a workflow, and 20 are needed\./)
})

test('without anything asked for it is the baselines, and without these all calls', async () => {
  expect(await recommended('?limit=3')).toMatchObject({ source: 'baselines', items: [{}, {}, {}] })
  await using own = await startGateway()
  expect(await recommended('', own)).toEqual({
    source: 'calls',
    reason: 'There are no baselines yet, so it is from the calls of all 0 skills.',
    items: [],
  })
  await own.record([{ skill_name: 'plan' }, { skill_name: 'plan' }, { skill_name: 'review' }])
  const reply = await recommended('', own)
  expect([reply.source, named(reply)]).toEqual(['calls', ['plan', 'review']])
})

test.each([
  ['?user_id=ada&query=pdf', '/query'],
  ['?query=pdf&workflow_phase=setup', '/workflow_phase'],
  ['?query=', '/query'],
  ['?limit=0', '/limit'],
  ['?user_hash=abc', '/user_hash'],
])('%s is answered by a problem that names %s', async (query, pointer) => {
  const { status, body } = await get(gateway, `/v1/recommendations${query}`)
  expect([status, body.errors]).toEqual([400, [expect.objectContaining({ pointer })]])
})

test('the id of the person who is asked about is not stored', async () => {
  await recommended('?user_id=ada-the-first')
  const tables = gateway.writer.sqlite
    .prepare<[], { name: string }>(`select name from sqlite_schema where type = 'table'`)
    .all()
  for (const { name } of tables)
    expect(JSON.stringify(gateway.writer.sqlite.prepare(`select * from "${name}"`).all())).not.toContain(
      'ada-the',
    )
})

test('a key is recommended skills of its own project, and needs scope read', async () => {
  const read = async (scope: 'read' | 'ingest', project: string) => {
    const { api_key } = createApiKey(gateway.writer, { name: 'test', scopes: [scope], project }, NOW_MS)
    const headers = { authorization: `Bearer ${api_key}` }
    const { status, body } = await get(gateway, '/v1/recommendations?query=pdf', headers)
    return [status, body.items?.length]
  }
  expect(await read('read', 'default')).toEqual([200, 2])
  expect(await read('read', 'other')).toEqual([200, 0])
  expect(await read('ingest', 'default')).toEqual([403, undefined])
})
