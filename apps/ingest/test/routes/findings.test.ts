import { gzipSync } from 'node:zlib'
import { listFindings } from '@skillwatch/db'
import { type Finding, type FindingsReport, formatInstant } from '@skillwatch/schema'
import { aFinding, anObservation, aReport } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NOW_MS, testApp } from '../support.ts'

type Ingest = Awaited<ReturnType<typeof testApp>>

const HOUR_MS = 3_600_000
const NOTHING = { inserted: 0, updated: 0, deleted: 0, unchanged: 0, skipped: 0, dropped: 0 }

const post = ({ app }: Ingest, payload: unknown, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/v1/findings',
    headers: { 'content-type': 'application/json', ...headers },
    payload: Buffer.isBuffer(payload) || typeof payload === 'string' ? payload : JSON.stringify(payload),
  })

const stored = ({ writer }: Ingest, projectId = 1) =>
  listFindings(writer, projectId, { state: 'all', order: 'asc', limit: 100 }).items

const createKey = async ({ app }: Ingest, key: object): Promise<string> =>
  (await app.inject({ method: 'POST', url: '/v1/keys', payload: key })).json().api_key

test('a report is stored, compressed or not, and the answer counts what it changed', async () => {
  await using ingest = await testApp()
  await ingest.post([anObservation()])
  const [a, b] = [aFinding({ finding_id: 'a' }), aFinding({ finding_id: 'b', skill_name: 'unknown' })]
  const first = await post(ingest, aReport([a, b]))
  expect([first.statusCode, first.json()]).toEqual([200, { ...NOTHING, inserted: 1, skipped: 1 }])
  expect(stored(ingest)).toEqual([a])
  const revised = { ...a, observed_value: 0.5 }
  const gzip = { 'content-encoding': 'gzip' }
  const second = await post(ingest, gzipSync(JSON.stringify(aReport([revised]))), gzip)
  expect(second.json()).toEqual({ ...NOTHING, updated: 1 })
  expect(stored(ingest)).toEqual([revised])
  expect((await post(ingest, aReport([revised]))).json()).toEqual({ ...NOTHING, unchanged: 1 })
  expect((await post(ingest, aReport([]))).json()).toEqual({ ...NOTHING, deleted: 1 })
  const metrics = await ingest.metricsText()
  for (const result of ['inserted', 'updated', 'deleted', 'unchanged', 'skipped'])
    expect(metrics).toContain(`skillwatch_ingest_findings_total{result="${result}"} 1\n`)
  expect(metrics).toContain('skillwatch_ingest_findings_total{result="dropped"} 0\n')
  expect(ingest.differences()).toEqual([])
})

let shared: Ingest
beforeAll(async () => {
  shared = await testApp()
  await shared.post([anObservation()])
  await post(shared, aReport([aFinding({ finding_id: 'before' })]))
})
afterAll(() => shared[Symbol.asyncDispose]())

const at = (hours: number) => formatInstant(NOW_MS - hours * HOUR_MS)
const withFinding = (more: Record<string, unknown>) =>
  aReport([aFinding({ finding_id: 'good' }), { ...aFinding(), ...more } as Finding])
const withReport = (more: Record<string, unknown>) => ({ ...aReport([aFinding()]), ...more })

test.each<[string, unknown, string]>([
  ['a finding that opened before the window', withFinding({ opened_at: at(25) }), '/findings/1/opened_at'],
  [
    'a finding that opened after the window',
    { ...withFinding({ opened_at: at(0) }), until: at(0.5), findings: [aFinding()] },
    '/findings/0/opened_at',
  ],
  ['the id of another finding', withFinding({ finding_id: 'good' }), '/findings/1/finding_id'],
  ['an empty id', withFinding({ finding_id: '' }), '/findings/1/finding_id'],
  ['a lone surrogate as id', withFinding({ finding_id: '\uD800' }), '/findings/1/finding_id'],
  ['a finding updated before it opened', withFinding({ updated_at: at(1) }), '/findings/1/updated_at'],
  ['a finding resolved before it opened', withFinding({ resolved_at: at(1) }), '/findings/1/resolved_at'],
  ['no resolved_at', withFinding({ resolved_at: undefined }), '/findings/1/resolved_at'],
  ['a day that does not exist', withFinding({ opened_at: '2026-02-30T00:00:00Z' }), '/findings/1/opened_at'],
  ['the far past', withFinding({ updated_at: '1999-12-31T00:00:00Z' }), '/findings/1/updated_at'],
  ['the far future', withFinding({ resolved_at: '2027-01-01T00:00:00Z' }), '/findings/1/resolved_at'],
  ['an instant without offset', withFinding({ opened_at: '2026-11-22T12:00:00' }), '/findings/1/opened_at'],
  ['milliseconds as an instant', withFinding({ opened_at: NOW_MS }), '/findings/1/opened_at'],
  ['an unknown subtype', withFinding({ subtype: 'performance_drop' }), '/findings/1/subtype'],
  ['an unknown metric', withFinding({ metric: 'toString' }), '/findings/1/metric'],
  ['an unknown kind', withFinding({ kind: 'skills' }), '/findings/1/kind'],
  ['an unknown type', withFinding({ type: 'forecast' }), '/findings/1/type'],
  ['a line break in a name', withFinding({ skill_name: 'a\nb' }), '/findings/1/skill_name'],
  ['a probability above 1', withFinding({ p_value: 1.1 }), '/findings/1/p_value'],
  ['text as a number', withFinding({ deviation_score: '4' }), '/findings/1/deviation_score'],
  ['half a call', withFinding({ samples: { baseline: 1.5, observed: 1 } }), '/findings/1/samples/baseline'],
  [
    '1e300 calls',
    withFinding({ samples: { baseline: 1, observed: 1e300 } }),
    '/findings/1/samples/observed',
  ],
  ['NUL in the method', withFinding({ method: 'a\u0000' }), '/findings/1/method'],
  ['a long explanation', withFinding({ explanation: 'x'.repeat(2_001) }), '/findings/1/explanation'],
  ['a window that ends before it begins', withReport({ since: at(0), until: at(1) }), '/until'],
  ['no window', withReport({ until: undefined }), '/until'],
  ['a window of words', withReport({ since: 'yesterday' }), '/since'],
  ['a window in the far future', withReport({ until: '9999-01-01T00:00:00Z' }), '/until'],
  ['an unknown field', withReport({ finding: [] }), '/finding'],
  ['no list', withReport({ findings: {} }), '/findings'],
  ['null', null, ''],
])('of a report with %s nothing is stored, and the answer points to it', async (_, report, pointer) => {
  const reply = await post(shared, report)
  expect(reply.statusCode).toBe(422)
  expect(reply.headers['content-type']).toContain('application/problem+json')
  expect(reply.json().errors).toContainEqual({ pointer, reason: expect.stringMatching(/./) })
  expect(stored(shared).map(({ finding_id }) => finding_id)).toEqual(['before'])
})

test.each<[string, unknown]>([
  ['not JSON', '{"type":'],
  ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ['nested too deep', `{"findings":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ['of too many parts', `{"findings":[${'0,'.repeat(400_000)}0]}`],
])('a body that is %s is refused with 400', async (_, body) => {
  const reply = await post(shared, body)
  expect([reply.statusCode, reply.json().type]).toEqual([400, '/problems/invalid-request'])
})

test('a report may hold 10,000 findings and no more', async () => {
  await using ingest = await testApp({ env: { INGEST_BODY_LIMIT_BYTES: '16777216' } })
  await ingest.post([anObservation()])
  const report = (count: number): FindingsReport =>
    aReport(Array.from({ length: count }, (_, index) => aFinding({ finding_id: `${index}` })))
  const refused = await post(ingest, report(10_001))
  expect([refused.statusCode, refused.json().errors[0].pointer]).toEqual([422, '/findings'])
  expect((await post(ingest, report(10_000))).json()).toEqual({ ...NOTHING, inserted: 10_000 })
})

test('of many mistakes the first 100 are listed', async () => {
  await using ingest = await testApp()
  const reply = await post(ingest, aReport(Array.from({ length: 150 }, () => aFinding())))
  expect(reply.json()).toMatchObject({ status: 422, detail: expect.stringMatching(/^149 values are not/) })
  expect(reply.json().errors).toHaveLength(100)
})

test('a key with scope findings posts findings of its project, and may do nothing else', async () => {
  await using ingest = await testApp()
  const analyst = await createKey(ingest, { name: 'analyst', scopes: ['findings'], project: 'team' })
  const others = await createKey(ingest, { name: 'ci', scopes: ['ingest', 'read'], project: 'team' })
  const admin = await createKey(ingest, { name: 'admin', scopes: ['admin'], project: 'team' })
  const withKey = (key: string) => ({ authorization: `Bearer ${key}` })
  await ingest.post([anObservation()], withKey(others))
  const report = aReport([aFinding()])
  expect((await post(ingest, report, withKey(others))).statusCode).toBe(403)
  expect((await post(ingest, report, withKey(analyst))).json()).toMatchObject({ inserted: 1 })
  expect((await post(ingest, report, withKey(admin))).json()).toMatchObject({ unchanged: 1 })
  // The skill has no call in the project `default`.
  expect((await post(ingest, report)).json()).toMatchObject({ skipped: 1 })
  expect([stored(ingest).length, stored(ingest, 2).length]).toEqual([0, 1])
  for (const [method, url] of [
    ['POST', '/v1/invocations'],
    ['POST', '/v1/prompts'],
    ['GET', '/v1/stream'],
    ['DELETE', '/v1/invocations?project=team'],
    ['GET', '/v1/keys'],
  ] as const) {
    const { statusCode } = await ingest.app.inject({ method, url, headers: withKey(analyst) })
    expect([url, statusCode]).toEqual([url, 403])
  }
})

test('while the database refuses writes, a report is answered with 503 and stored later', async () => {
  await using ingest = await testApp()
  await ingest.post([anObservation()])
  ingest.writer.sqlite.pragma('query_only = on')
  const refused = await post(ingest, aReport([aFinding()]))
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, expect.any(String)])
  ingest.writer.sqlite.pragma('query_only = off')
  expect((await post(ingest, aReport([aFinding()]))).json()).toMatchObject({ inserted: 1 })
})
