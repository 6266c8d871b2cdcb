import { anObservation } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { NOW_MS, testApp } from '../support.ts'

type Ingest = Awaited<ReturnType<typeof testApp>>

function change({ app }: Ingest, project: string, body: object, key?: string) {
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` }
  return app.inject({
    method: 'PATCH',
    url: `/v1/projects/${encodeURIComponent(project)}`,
    headers,
    payload: body,
  })
}

async function createKey({ app }: Ingest, body: object): Promise<string> {
  return (await app.inject({ method: 'POST', url: '/v1/keys', payload: body })).json().api_key
}

function recordedIn({ writer }: Ingest, project: string): unknown {
  const count = 'select count(*) from skill_invocation join project using (project_id) where name = ?'
  return writer.sqlite.prepare(count).pluck().get(project)
}

function holds({ writer }: Ingest, text: string): boolean {
  return writer.sqlite.serialize().includes(text)
}

const TEXTS = {
  user_query: 'please fill the form',
  arguments: '{"path":"form.pdf"}',
  result: 'three fields filled',
}

test('a project stores texts from when it is changed to do so until it is changed back', async () => {
  await using ingest = await testApp()
  const created_at = new Date(NOW_MS).toISOString()
  const unset = { name: 'default', store_text: [], store_places: true, created_at }
  expect((await ingest.app.inject('/v1/projects')).json()).toEqual({ items: [unset] })

  await ingest.post(anObservation({ invocation_id: 'before', ...TEXTS }))
  expect(Object.values(TEXTS).filter((text) => holds(ingest, text))).toEqual([])

  const changed = await change(ingest, 'default', { store_text: ['result', 'user_query'] })
  expect(changed.json()).toEqual({ ...unset, store_text: ['user_query', 'result'] })
  expect((await ingest.app.inject('/v1/projects')).json()).toEqual({ items: [changed.json()] })
  await ingest.post(anObservation({ invocation_id: 'meanwhile', ...TEXTS }))
  expect(Object.values(TEXTS).filter((text) => holds(ingest, text))).toEqual([
    TEXTS.user_query,
    TEXTS.result,
  ])

  expect((await change(ingest, 'default', { store_text: [] })).json()).toEqual(unset)
  const later = { user_query: 'now the other form' }
  await ingest.post(anObservation({ invocation_id: 'after', ...later }))
  expect(holds(ingest, later.user_query)).toBe(false)
})

test('the texts that a project stores do not affect another project', async () => {
  await using ingest = await testApp()
  const key = await createKey(ingest, { name: 'team', scopes: ['ingest'], project: 'team' })
  await change(ingest, 'team', { store_text: ['user_query'] })
  await ingest.post(anObservation(TEXTS))
  expect(holds(ingest, TEXTS.user_query)).toBe(false)
  await ingest.post(anObservation(TEXTS), { authorization: `Bearer ${key}` })
  expect(holds(ingest, TEXTS.user_query)).toBe(true)
})

test('a project is made once, stays as it is, and is open until it has a key', async () => {
  await using ingest = await testApp()
  const make = () => ingest.app.inject({ method: 'PUT', url: '/v1/projects/B%C3%BCro%208' })
  const recordIn = (authorization?: string) =>
    ingest.post(anObservation({ invocation_id: 'call' }), {
      'skillwatch-project': 'B%C3%BCro%208',
      ...(authorization && { authorization }),
    })
  expect((await recordIn()).statusCode).toBe(403)
  expect((await make()).json()).toMatchObject({ name: 'Büro 8', store_text: [], store_places: true })
  await change(ingest, 'Büro 8', { store_places: false })
  expect((await make()).json()).toMatchObject({ name: 'Büro 8', store_places: false })
  expect((await recordIn()).json()).toMatchObject({ accepted: 1 })
  expect(recordedIn(ingest, 'default')).toBe(0)
  expect(recordedIn(ingest, 'Büro 8')).toBe(1)

  const key = await createKey(ingest, { name: 'own', scopes: ['ingest'], project: 'Büro 8' })
  expect((await recordIn()).json().detail).toMatch(/without an API key a request reaches project "default"/)
  expect((await recordIn(`Bearer ${key}`)).json()).toMatchObject({ duplicates: 1 })
  const keys = (await ingest.app.inject('/v1/keys')).json().items
  await ingest.app.inject({ method: 'DELETE', url: `/v1/keys/${keys[0].api_key_id}` })
  expect((await recordIn()).statusCode).toBe(403)
})

test('an admin key of a project other than default lists and changes its own project only', async () => {
  await using ingest = await testApp()
  await createKey(ingest, { name: 'web', scopes: ['ingest'], project: 'web' })
  const recorder = await createKey(ingest, { name: 'ci', scopes: ['ingest', 'read'] })
  const team = await createKey(ingest, { name: 'team', scopes: ['admin'], project: 'team' })
  const list = await ingest.app.inject({ url: '/v1/projects', headers: { authorization: `Bearer ${team}` } })
  expect(list.json().items.map(({ name }: { name: string }) => name)).toEqual(['team'])
  for (const other of ['default', 'web', 'nowhere']) {
    expect((await change(ingest, other, { store_text: [] }, team)).statusCode, other).toBe(403)
  }
  expect((await change(ingest, 'team', { store_text: ['result'] }, team)).statusCode).toBe(200)
  const made = await ingest.app.inject({
    method: 'PUT',
    url: '/v1/projects/nowhere',
    headers: { authorization: `Bearer ${team}` },
  })
  expect(made.statusCode).toBe(403)
  expect((await change(ingest, 'default', { store_text: [] }, recorder)).statusCode).toBe(403)
})

test.each([
  [{}, ''],
  [{ store_text: 'all' }, '/store_text'],
  [{ store_text: ['prompts'] }, '/store_text/0'],
  [{ store_text: ['result', 'result'] }, '/store_text'],
  [{ store_text: [], name: 'other' }, '/name'],
])('%j changes nothing', async (body, pointer) => {
  await using ingest = await testApp()
  const reply = await change(ingest, 'default', body)
  expect(reply.statusCode).toBe(422)
  expect(reply.json().errors).toContainEqual({ pointer, reason: expect.any(String) })
})

test('changing an unknown project does not create it', async () => {
  await using ingest = await testApp()
  expect((await change(ingest, 'nowhere', { store_text: [] })).statusCode).toBe(404)
  expect((await ingest.app.inject('/v1/projects')).json().items).toHaveLength(1)
})
