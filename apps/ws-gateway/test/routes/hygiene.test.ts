import { createApiKey } from '@skillwatch/db'
import { formatInstant, parseSkillScan } from '@skillwatch/schema'
import { aScan, aSkillFile, NOW_MS } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { get } from './read.ts'

const DAY_MS = 86_400_000
const daysAgo = (days: number) => NOW_MS - days * DAY_MS
const PDF = 'Extract text and tables from PDF files, and fill forms.'
const FILES = [
  aSkillFile({ skill_name: 'pdf', description: PDF, installed_at: daysAgo(90) }),
  aSkillFile({ skill_name: 'pdf-2', description: PDF, installed_at: daysAgo(50) }),
  aSkillFile({ skill_name: 'eslint', description: null, installed_at: daysAgo(3), description_tokens: 2 }),
]

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
  await gateway.record([{ skill_name: 'pdf', invoked_at: daysAgo(1) }])
  const result = parseSkillScan(aScan(FILES, { scanned_at: NOW_MS }), NOW_MS)
  if ('refusals' in result) throw new TypeError(JSON.stringify(result.refusals))
  await gateway.recorder.recordScan(gateway.projectId, result.scan)
})
afterAll(() => gateway.close())

test('hygiene names what is unused, what is alike, and what descriptions cost', async () => {
  const place = { source: 'user', origin: null }
  const named = (skill_name: string) => ({ kind: 'skill', skill_name, places: [place] })
  expect((await get(gateway, '/v1/hygiene')).body).toEqual({
    since: formatInstant(daysAgo(30)),
    until: formatInstant(NOW_MS),
    scanned_at: formatInstant(NOW_MS),
    skills: 3,
    unused: {
      total: 1,
      items: [
        {
          ...named('pdf-2'),
          installed_at: formatInstant(daysAgo(50)),
          ...{ last_used_at: null, calls: 0, silence_p: null, description_tokens: 10 },
        },
      ],
    },
    not_judged: { installed_lately: 1, rarely_used: 0, too_few_calls: 0 },
    failing: { total: 0, items: [] },
    near_duplicates: {
      total: 1,
      items: [{ a: named('pdf'), b: named('pdf-2'), similarity: expect.closeTo(8 / 9), identical: true }],
    },
    context_cost: {
      method: 'characters / 4',
      places: [{ source: 'user', repository: null, skills: 3, tokens: 22 }],
      ...{ session_tokens: 22, session_tokens_max: 22 },
    },
  })
})

test('another window judges otherwise', async () => {
  const { body } = await get(gateway, '/v1/hygiene?days=60')
  expect(body).toMatchObject({ unused: { total: 0 }, not_judged: { installed_lately: 2 } })
})

test('files are listed with what is known of them', async () => {
  const { body } = await get(gateway, '/v1/skill-files?skill_name=eslint')
  expect(body.items).toMatchObject([{ skill_name: 'eslint', description: null, versions: 1 }])
})

test('skills are listed with their categories, by category and by what needs a review', async () => {
  const names = async (query: string) =>
    (await get(gateway, `/v1/taxonomy${query}`)).body.items!.map(({ skill_name }) => skill_name)
  expect(await names('')).toEqual(['eslint', 'pdf', 'pdf-2'])
  expect(await names('?category=Documentation')).toEqual(['pdf', 'pdf-2'])
  expect(await names('?review=true')).toEqual([])
  const first = await get(gateway, '/v1/taxonomy?limit=2')
  expect(await names(`?limit=2&cursor=${first.body.next_cursor}`)).toEqual(['pdf-2'])
  expect((await get(gateway, '/v1/categories')).body.items).toHaveLength(6)
})

test.each([
  ['/v1/hygiene?days=1', '/days'],
  ['/v1/hygiene?day=30', '/day'],
  ['/v1/skill-files?kind=tool', '/kind'],
  ['/v1/skill-files?cursor=banana', '/cursor'],
  ['/v1/taxonomy?cursor=banana', '/cursor'],
  ['/v1/taxonomy?review=perhaps', '/review'],
])('%s is answered by a problem that names %s', async (path, pointer) => {
  const { status, body } = await get(gateway, path)
  expect([status, body.errors]).toEqual([400, [expect.objectContaining({ pointer })]])
})

test('before the first scan there are no numbers', async () => {
  await using empty = await startGateway()
  expect((await get(empty, '/v1/hygiene')).body).toMatchObject({ scanned_at: null, skills: 0 })
})

test('a key reads its own project only, and needs scope read', async () => {
  const read = async (scope: 'read' | 'ingest', project: string) => {
    const { api_key } = createApiKey(gateway.writer, { name: 'test', scopes: [scope], project }, NOW_MS)
    const { status, body } = await get(gateway, '/v1/hygiene', { authorization: `Bearer ${api_key}` })
    return [status, body.skills]
  }
  expect(await read('read', 'default')).toEqual([200, 3])
  expect(await read('read', 'other')).toEqual([200, 0])
  expect(await read('ingest', 'default')).toEqual([403, undefined])
})
