import { createApiKey } from '@skillwatch/db'
import { type BaselineReport, formatInstant, parseBaselineReport } from '@skillwatch/schema'
import { aBaseline, aBaselineReport, NOW_MS } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { get } from './read.ts'

const SKILLS = [
  aBaseline({ kind: 'command', skill_name: 'deploy', effectiveness_percentile: 50 }),
  aBaseline({ skill_name: 'pdf-fill' }),
  aBaseline({ skill_name: 'plan', global_avg_duration_seconds: null, most_common_workflow_phase: null }),
]

async function report({ recorder, projectId }: TestGateway, body: BaselineReport): Promise<void> {
  const result = parseBaselineReport(body, NOW_MS)
  if ('refusals' in result) throw new TypeError(JSON.stringify(result.refusals))
  await recorder.recordFindings(projectId, result.report)
}

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
  await gateway.record(SKILLS.map(({ kind, skill_name }) => ({ kind, skill_name })))
  await report(gateway, aBaselineReport(SKILLS))
})
afterAll(() => gateway.close())

const named = async (query: string) =>
  (await get(gateway, `/v1/baselines${query}`)).body.items!.map(({ skill_name }) => skill_name)

test('baselines are given with all their fields, and with the run that they are from', async () => {
  const last_updated = formatInstant(NOW_MS)
  expect(await get(gateway, '/v1/baselines')).toMatchObject({
    status: 200,
    body: {
      run: {
        since: '2026-08-24T12:00:00.000Z',
        until: last_updated,
        computed_at: last_updated,
        persons: 15,
        withheld: { too_few_persons: 2, mostly_one_person: 1, calls_without_user: 500 },
      },
      items: SKILLS.map((each) => ({ ...each, last_updated })),
      next_cursor: null,
    },
  })
})

test.each([
  ['?kind=skill', ['pdf-fill', 'plan']],
  ['?skill_name=deploy', ['deploy']],
  ['?skill_name=deploy&kind=skill', []],
  ['?order=desc', ['plan', 'pdf-fill', 'deploy']],
  ['?limit=1', ['deploy']],
])('%s selects %j', async (query, names) => {
  expect(await named(query)).toEqual(names)
})

test('pages follow each other by their cursor', async () => {
  const { body } = await get(gateway, '/v1/baselines?limit=2')
  expect(body.items).toHaveLength(2)
  expect(await named(`?limit=2&cursor=${body.next_cursor}`)).toEqual(['plan'])
})

test.each([
  ['?kind=skills', '/kind'],
  ['?order=up', '/order'],
  ['?cursor=banana', '/cursor'],
  ['?user_id=ada', '/user_id'],
])('%s is answered by a problem that names %s', async (query, pointer) => {
  const { status, body } = await get(gateway, `/v1/baselines${query}`)
  expect([status, body.errors]).toEqual([400, [expect.objectContaining({ pointer })]])
})

test('before the first run there is no run, and no baseline', async () => {
  await using empty = await startGateway()
  const { body } = await get(empty, '/v1/baselines')
  expect(body).toEqual({ run: null, items: [], next_cursor: null })
})

test('a key reads the baselines of its own project, and needs scope read', async () => {
  const { writer } = gateway
  const read = async (scope: 'read' | 'findings', project: string) => {
    const { api_key } = createApiKey(writer, { name: 'test', scopes: [scope], project }, NOW_MS)
    const { status, body } = await get(gateway, '/v1/baselines', { authorization: `Bearer ${api_key}` })
    return [status, body.items?.length]
  }
  expect(await read('read', 'default')).toEqual([200, 3])
  expect(await read('read', 'other')).toEqual([200, 0])
  expect(await read('findings', 'default')).toEqual([403, undefined])
})
