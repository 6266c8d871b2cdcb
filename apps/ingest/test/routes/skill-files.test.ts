import { listSkillFiles } from '@skillwatch/db'
import { aFinding, anObservation, aReport, aScan, aSkillFile } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NOW_MS, testApp } from '../support.ts'

type Ingest = Awaited<ReturnType<typeof testApp>>

const NOTHING = { inserted: 0, updated: 0, removed: 0, unchanged: 0, outdated: 0, dropped: 0 }
const post = ({ app }: Ingest, payload: unknown, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/v1/skill-files',
    headers: { 'content-type': 'application/json', ...headers },
    payload: JSON.stringify(payload),
  })
const stored = ({ writer }: Ingest, projectId = 1) => listSkillFiles(writer, projectId, { limit: 100 }).items

let shared: Ingest
beforeAll(async () => {
  shared = await testApp()
})
afterAll(() => shared[Symbol.asyncDispose]())

test('a scan is stored, and sending it again changes nothing', async () => {
  const scan = aScan([aSkillFile(), aSkillFile({ source: 'project', repository: 'web' })])
  const first = await post(shared, scan)
  expect([first.statusCode, first.json()]).toEqual([200, { ...NOTHING, inserted: 2 }])
  const before = stored(shared)
  expect((await post(shared, scan)).json()).toEqual({ ...NOTHING, unchanged: 2 })
  expect(stored(shared)).toEqual(before)
})

const withFile = (more: object) => ({ ...aScan([aSkillFile()]), files: [{ ...aSkillFile(), ...more }] })

test.each<[string, unknown, string]>([
  ['no scopes', { ...aScan([]), scopes: [] }, '/scopes'],
  [
    'a scope of a repository without a name',
    { ...aScan([]), scopes: [{ source: 'project' }] },
    '/scopes/0/repository',
  ],
  ['an instant in the far future', aScan([], { scanned_at: '9999-01-01T00:00:00Z' }), '/scanned_at'],
  ['a file of another scope', aScan([aSkillFile()], { scopes: [{ source: 'plugin' }] }), '/files/0/source'],
  ['a plugin that has no name', withFile({ source: 'plugin' }), '/files/0/plugin'],
  ['a repository of a file of the user', withFile({ repository: 'web' }), '/files/0/repository'],
  [
    'the same file twice',
    { ...aScan([aSkillFile()]), files: [aSkillFile(), aSkillFile()] },
    '/files/1/skill_name',
  ],
  ['a description that is too long', withFile({ description: 'x'.repeat(1_025) }), '/files/0/description'],
  ['no hash', withFile({ content_hash: 'abc' }), '/files/0/content_hash'],
  ['the text of the file', withFile({ content: 'text' }), '/files/0/content'],
  ['a tool', withFile({ kind: 'tool' }), '/files/0/kind'],
])('of a scan with %s nothing is stored, and the answer points to it', async (_, scan, pointer) => {
  const before = stored(shared)
  const reply = await post(shared, scan)
  expect(reply.statusCode).toBe(422)
  expect(reply.json().errors).toContainEqual({ pointer, reason: expect.stringMatching(/./) })
  expect(stored(shared)).toEqual(before)
})

test('a key with scope ingest posts scans of its project, and a key that reads does not', async () => {
  await using ingest = await testApp()
  const keyOf = async (scope: string) => {
    const payload = { name: 'test', scopes: [scope], project: 'team' }
    const { api_key } = (await ingest.app.inject({ method: 'POST', url: '/v1/keys', payload })).json()
    return { authorization: `Bearer ${api_key}` }
  }
  const [writes, reads] = [await keyOf('ingest'), await keyOf('read')]
  expect((await post(ingest, aScan([aSkillFile()]), reads)).statusCode).toBe(403)
  expect((await post(ingest, aScan([aSkillFile()]), writes)).json()).toMatchObject({ inserted: 1 })
  expect([stored(ingest).length, stored(ingest, 2).length]).toEqual([0, 1])
})

const send = (
  { app }: Ingest,
  method: 'PUT' | 'DELETE',
  url: string,
  payload?: object,
  headers: Record<string, string> = {},
) => app.inject({ method, url, ...(payload && { payload }), headers })

test('categories and the choices of persons are changed, and what is not known is answered with 404', async () => {
  const put = (url: string, payload: object) => send(shared, 'PUT', url, payload)
  expect((await put('/v1/categories/Web', { parent: 'Testing', domain: 'code' })).statusCode).toBe(200)
  expect((await put('/v1/skills/skill/pdf-fill/category', { category: 'Web' })).statusCode).toBe(200)
  const modality = { modality_type: 'code', input_format: null, output_format: null }
  const review = { ...modality, requires_human_review: true }
  expect((await put('/v1/skills/skill/pdf-fill/modality', review)).statusCode).toBe(200)
  const names = shared.writer.sqlite.prepare(
    'select category_name, assigned_by from skill_category_mapping join skill_categories using (category_id)',
  )
  expect(names.all()).toContainEqual({ category_name: 'Web', assigned_by: 'person' })
  expect((await put('/v1/skills/skill/pdf-fill/category', { category: 'Nowhere' })).statusCode).toBe(404)
  expect((await put('/v1/skills/skill/unknown/category', { category: 'Web' })).statusCode).toBe(404)
  expect((await put('/v1/skills/skills/pdf-fill/category', { category: 'Web' })).statusCode).toBe(400)
  expect((await put('/v1/categories/Web', { parent: 'Web' })).statusCode).toBe(422)
  expect((await put('/v1/categories/Web', { colour: 'red' })).statusCode).toBe(422)
  expect((await send(shared, 'DELETE', '/v1/categories/Web')).statusCode).toBe(200)
  expect((await send(shared, 'DELETE', '/v1/categories/Web')).statusCode).toBe(404)
})

test('changing the taxonomy needs scope admin', async () => {
  await using ingest = await testApp()
  const keyOf = async (scope: string, headers: Record<string, string>) => {
    const payload = { name: 'test', scopes: [scope] }
    const reply = await ingest.app.inject({ method: 'POST', url: '/v1/keys', payload, headers })
    return { authorization: `Bearer ${reply.json().api_key}` }
  }
  const admin = await keyOf('admin', {})
  const writes = await keyOf('ingest', admin)
  expect((await send(ingest, 'PUT', '/v1/categories/Web', {}, writes)).statusCode).toBe(403)
  expect((await send(ingest, 'PUT', '/v1/categories/Web', {}, admin)).statusCode).toBe(200)
})

test('comparisons of versions and anomalies are stored side by side, each replaced by its own report', async () => {
  await using ingest = await testApp()

  await ingest.post([anObservation({ invoked_at: NOW_MS })])
  const findings = (payload: object) => ingest.app.inject({ method: 'POST', url: '/v1/findings', payload })
  const anomaly = aReport([aFinding()])
  const changed = { ...aFinding({ finding_id: 'changed', subtype: 'changed_version' }) }
  const versions = { ...aReport([changed]), type: 'changed_version' }
  expect((await findings(anomaly)).json()).toMatchObject({ inserted: 1, deleted: 0 })
  expect((await findings(versions)).json()).toMatchObject({ inserted: 1, deleted: 0 })
  expect((await findings(anomaly)).json()).toMatchObject({ unchanged: 1, deleted: 0 })
  expect((await findings(versions)).json()).toMatchObject({ unchanged: 1, deleted: 0 })
  expect((await findings({ ...versions, findings: [] })).json()).toMatchObject({ deleted: 1 })
  for (const mixed of [aReport([changed]), { ...versions, findings: [aFinding()] }]) {
    const reply = await findings(mixed)
    expect([reply.statusCode, reply.json().errors[0].pointer]).toEqual([422, '/findings/0/subtype'])
  }
})
