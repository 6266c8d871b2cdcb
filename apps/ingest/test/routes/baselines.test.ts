import { getBaselineRun, listBaselines } from '@skillwatch/db'
import { formatInstant } from '@skillwatch/schema'
import { aBaseline, aBaselineReport, aFinding, anObservation, aReport } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NOW_MS, testApp } from '../support.ts'

type Ingest = Awaited<ReturnType<typeof testApp>>

const NOTHING = { inserted: 0, updated: 0, deleted: 0, unchanged: 0, skipped: 0 }

const post = ({ app }: Ingest, payload: unknown, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/v1/findings',
    headers: { 'content-type': 'application/json', ...headers },
    payload: JSON.stringify(payload),
  })

const stored = ({ writer }: Ingest, projectId = 1) =>
  listBaselines(writer, projectId, { order: 'asc', limit: 100 }).items

test('a report of baselines is stored beside findings, and the answer counts what it changed', async () => {
  await using ingest = await testApp()
  await ingest.post([anObservation()])
  expect((await post(ingest, aReport([aFinding()]))).json()).toMatchObject({ inserted: 1 })
  const baseline = aBaseline()
  const first = await post(ingest, aBaselineReport([baseline, aBaseline({ skill_name: 'unknown' })]))
  expect([first.statusCode, first.json()]).toEqual([200, { ...NOTHING, inserted: 1, skipped: 1 }])
  expect(stored(ingest)).toEqual([{ ...baseline, last_updated: formatInstant(NOW_MS) }])
  expect((await post(ingest, aBaselineReport([baseline]))).json()).toEqual({ ...NOTHING, unchanged: 1 })
  const revised = { ...baseline, total_users: 15 }
  expect((await post(ingest, aBaselineReport([revised]))).json()).toEqual({ ...NOTHING, updated: 1 })
  expect((await post(ingest, aBaselineReport([]))).json()).toEqual({ ...NOTHING, deleted: 1 })
  expect((await post(ingest, aReport([aFinding()]))).json()).toMatchObject({ unchanged: 1 })
  expect(getBaselineRun(ingest.writer, 1)).toMatchObject({ persons: 15, since: '2026-08-24T12:00:00.000Z' })
  expect(ingest.differences()).toEqual([])
})

let shared: Ingest
beforeAll(async () => {
  shared = await testApp()
  await shared.post([anObservation()])
  await post(shared, aBaselineReport([aBaseline()]))
})
afterAll(() => shared[Symbol.asyncDispose]())

const hoursAgo = (hours: number) => formatInstant(NOW_MS - hours * 3_600_000)
const withReport = (more: object) => ({ ...aBaselineReport([]), ...more })
const withBaseline = (more: object) =>
  aBaselineReport([aBaseline({ skill_name: 'other' }), { ...aBaseline(), ...more } as never])

test.each<[string, unknown, string]>([
  ['an unknown type', withReport({ type: 'forecast' }), '/type'],
  ['no type', withReport({ type: undefined }), '/type'],
  ['findings instead of baselines', withReport({ findings: [], baselines: undefined }), '/findings'],
  ['a window that ends when it begins', withReport({ since: hoursAgo(1), until: hoursAgo(1) }), '/until'],
  ['a window of words', withReport({ since: 'yesterday' }), '/since'],
  ['a window in the far future', withReport({ until: '9999-01-01T00:00:00Z' }), '/until'],
  ['half a person', withReport({ persons: 1.5 }), '/persons'],
  ['no reasons', withReport({ withheld: {} }), '/withheld/too_few_persons'],
  ['four persons', withBaseline({ total_users: 4 }), '/baselines/1/total_users'],
  ['the skill of another', withBaseline({ skill_name: 'other' }), '/baselines/1/skill_name'],
  ['a rate in percent', withBaseline({ global_completion_rate: 90 }), '/baselines/1/global_completion_rate'],
  [
    'a rate below its interval',
    withBaseline({ global_completion_rate: 0.5 }),
    '/baselines/1/global_completion_rate',
  ],
  [
    'a percentile without its interval',
    withBaseline({ effectiveness_percentile_low: null }),
    '/baselines/1/effectiveness_percentile',
  ],
  [
    'a percentile outside of its interval',
    withBaseline({ effectiveness_percentile: 10 }),
    '/baselines/1/effectiveness_percentile',
  ],
  ['a user', withBaseline({ user_hash: 'abc' }), '/baselines/1/user_hash'],
  ['a line break in a name', withBaseline({ skill_name: 'a\nb' }), '/baselines/1/skill_name'],
])('of a report with %s nothing is stored, and the answer points to it', async (_, report, pointer) => {
  const reply = await post(shared, report)
  expect(reply.statusCode).toBe(422)
  expect(reply.json().errors).toContainEqual({ pointer, reason: expect.stringMatching(/./) })
  expect(stored(shared)).toHaveLength(1)
})

test('a report may hold 10,000 baselines and no more', async () => {
  await using ingest = await testApp({ env: { INGEST_BODY_LIMIT_BYTES: '16777216' } })
  const report = (count: number) =>
    aBaselineReport(Array.from({ length: count }, (_, index) => aBaseline({ skill_name: `${index}` })))
  const refused = await post(ingest, report(10_001))
  expect([refused.statusCode, refused.json().errors[0].pointer]).toEqual([422, '/baselines'])
  expect((await post(ingest, report(10_000))).json()).toEqual({ ...NOTHING, skipped: 10_000 })
})

test('a key with scope findings posts baselines of its project, and other keys do not', async () => {
  await using ingest = await testApp()
  const keyOf = async (scopes: string[]) => {
    const payload = { name: 'test', scopes, project: 'team' }
    const { api_key } = (await ingest.app.inject({ method: 'POST', url: '/v1/keys', payload })).json()
    return { authorization: `Bearer ${api_key}` }
  }
  const [analyst, others] = [await keyOf(['findings']), await keyOf(['ingest', 'read'])]
  await ingest.post([anObservation()], others)
  expect((await post(ingest, aBaselineReport([aBaseline()]), others)).statusCode).toBe(403)
  expect((await post(ingest, aBaselineReport([aBaseline()]), analyst)).json()).toMatchObject({ inserted: 1 })
  expect([stored(ingest).length, stored(ingest, 2).length]).toEqual([0, 1])
})
