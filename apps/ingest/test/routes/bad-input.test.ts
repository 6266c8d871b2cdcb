import { gzipSync } from 'node:zlib'
import { anObservation } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { NOW_MS, testApp } from '../support.ts'

const DAY_MS = 24 * 60 * 60 * 1_000
const observationText = JSON.stringify(anObservation())

test.each<[string, unknown, string]>([
  ['skill_name', '', 'an empty name'],
  ['skill_name', 7, 'a number as a name'],
  ['skill_name', null, 'null as a name'],
  ['skill_name', ['a'], 'a list as a name'],
  ['skill_name', 'x'.repeat(1_000_000), 'a name of 1 MB'],
  ['skill_name', 'a\u0000b', 'NUL in a name'],
  ['skill_name', 'a\nb', 'a line break in a name'],
  ['skill_name', 'a\uD800', 'a lone high surrogate in a name'],
  ['session_id', '\uDC00a', 'a lone low surrogate in a session'],
  ['invocation_id', '', 'an empty id'],
  ['kind', 'skills', 'an unknown kind'],
  ['outcome', 'success', 'an unknown outcome'],
  ['outcome', 'toString', 'a name of Object.prototype as outcome'],
  ['witness', 'me', 'an unknown witness'],
  ['execution_ms', -1, 'a negative duration'],
  ['execution_ms', 1e15, 'an absurd duration'],
  ['execution_ms', '1500', 'text as a duration'],
  ['elapsed_ms', -0.001, 'a slightly negative span'],
  ['duration_seconds', 1e9, 'an absurd number of seconds'],
  ['duration_seconds', 1, 'a second name of the same duration'],
  ['invoked_at', 'yesterday', 'a word as an instant'],
  ['invoked_at', '2026-02-30T00:00:00Z', 'a day that does not exist'],
  ['invoked_at', '2026-11-22T09:30:00', 'an instant without offset'],
  ['invoked_at', '0001-01-01T00:00:00Z', 'the far past'],
  ['invoked_at', '9999-12-31T23:59:59Z', 'the far future'],
  ['invoked_at', NOW_MS + 2 * DAY_MS, 'the day after tomorrow'],
  ['invoked_at', Math.floor(NOW_MS / 1000), 'seconds instead of milliseconds'],
  ['invoked_at', 1.5, 'half a millisecond'],
  ['ended_at', -1, 'a negative instant'],
  ['rating', 6, 'a rating out of range'],
  ['selection_rank', 0, 'a rank out of range'],
  ['alternatives_considered', 'a', 'text as a list'],
  ['alternatives_considered', Array.from({ length: 51 }, () => 'a'), 'too many alternatives'],
  ['attributes', { a: { b: 1 } }, 'nested attributes'],
  ['attributes', { a: null }, 'null as an attribute'],
  [
    'attributes',
    Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, 1])),
    'too many attributes',
  ],
  ['error_type', 'a\u0000', 'NUL in an error class'],
  ['user_query', 'x'.repeat(100_001), 'a query that is too long'],
  ['completed', true, 'a field that is derived'],
  ['constructor', 'x', 'an unknown field named constructor'],
  ['skillname', 'x', 'a misspelt field'],
])('%s: %j is rejected and named (%s)', async (field, value) => {
  await using ingest = await testApp()
  const reply = await ingest.post([
    { ...anObservation(), [field]: value },
    anObservation({ invocation_id: 'good' }),
  ])
  expect(reply.statusCode).toBe(200)
  const { accepted, rejected } = reply.json()
  expect(accepted).toBe(1)
  expect(rejected).toEqual([
    { index: 0, pointer: expect.stringMatching(`^/${field}`), reason: expect.stringMatching(/./) },
  ])
  expect(reply.body.length).toBeLessThan(1_000)
  expect(await ingest.rows()).toHaveLength(1)
})

test.each([
  ['{"skill_name":"a","session_id":"s","__proto__":{"outcome":"failed"}}', '/__proto__'],
  ['{"skill_name":"a","session_id":"s","attributes":{"__proto__":{"x":1}}}', '/attributes/__proto__'],
  ['{"__proto__":{"skill_name":"a","session_id":"s"}}', '/__proto__'],
])('%s is rejected by name and pollutes nothing', async (payload, pointer) => {
  await using ingest = await testApp()
  const reply = await ingest.post(payload)
  expect(reply.statusCode).toBe(422)
  expect(reply.json().errors).toMatchObject([{ index: 0, pointer }])
  expect(({} as Record<string, unknown>).outcome).toBeUndefined()
})

test.each(['"text"', '7', 'null', 'true', '[[]]', `${'['.repeat(10_000)}${']'.repeat(10_000)}`])(
  'JSON that is not an observation is answered with 422 (%.20s)',
  async (payload) => {
    await using ingest = await testApp()
    const reply = await ingest.post(payload)
    expect(reply.statusCode).toBe(422)
    expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/)
  },
)

const gzip = { 'content-encoding': 'gzip' }
const whole = gzipSync(observationText)

test.each([
  ['broken JSON', '{"skill_name": "a",', {}, 400, /is not JSON/],
  ['no body', '', {}, 400, /is not JSON/],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), {}, 400, /not UTF-8/],
  ['truncated gzip', whole.subarray(0, whole.length - 9), gzip, 400, /not complete gzip data/],
  ['a body that claims to be gzip', observationText, gzip, 400, /not complete gzip data/],
  ['a gzip bomb', gzipSync(Buffer.alloc(64 * 1024 * 1024)), gzip, 413, /at most 8388608 bytes/],
  ['a body of 9 MB', Buffer.alloc(9_000_000, ' '), {}, 413, /at most 8388608 bytes/],
  [
    '100,000 items',
    JSON.stringify(Array.from({ length: 100_000 }, () => ({}))),
    {},
    413,
    /more than 5000 items/,
  ],
  [
    '100,000 lines',
    '0\n'.repeat(100_000),
    { 'content-type': 'application/x-ndjson' },
    413,
    /more than 5000 items/,
  ],
  ['a megabyte of brackets', `${'['.repeat(500_000)}${']'.repeat(500_000)}`, {}, 400, /nested too deep/],
  [
    'an object of 100,000 fields',
    `{${Array.from({ length: 100_000 }, (_, i) => `"${i}":0`)}}`,
    {},
    400,
    /too many fields/,
  ],
  [
    'another content type',
    observationText,
    { 'content-type': 'text/plain' },
    415,
    /"text\/plain" is not supported/,
  ],
  ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, /is not supported/],
  ['an unknown encoding', observationText, { 'content-encoding': 'br' }, 415, /may be gzip/],
])('%s is answered with a problem and stores nothing', async (_name, payload, headers, status, detail) => {
  await using ingest = await testApp()
  const reply = await ingest.post(payload, headers)
  expect(reply.json()).toMatchObject({
    status,
    detail: expect.stringMatching(detail),
    instance: expect.any(String),
  })
  expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(await ingest.rows()).toEqual([])
  expect((await ingest.post(anObservation())).json()).toMatchObject({ accepted: 1 })
})

test.each([
  '[E501] x',
  'quick.v2',
  "'; drop table skill_invocation; --",
  '") or 1=1 --',
  '%_*?',
  'x"} or vector(1) #',
  '{__name__=~".+"}',
  '../../etc/hosts',
  '<script>alert(1)</script>',
  '$(reboot)`reboot`',
  '\u202Eevil\u200B',
  'é e\u0301 日本 👩‍👩‍👧',
])('%j is data in every text field and comes back as it was', async (text) => {
  await using ingest = await testApp()
  const texts = {
    invocation_id: text,
    skill_name: text,
    session_id: text,
    agent_name: text,
    parent_invocation_id: text,
    error_type: text,
    workflow_path: text,
    workflow_phase: text,
    workflow_step_id: text,
    alternatives_considered: [text],
    follow_up_actions: [text],
    skill_version: text,
    attributes: { [text]: text },
  }
  const reply = await ingest.post({
    ...texts,
    user_id: text,
    user_query: text,
    outcome: 'failed',
    execution_ms: 5,
  })
  expect(reply.json()).toEqual({ accepted: 1, duplicates: 0, rejected: [] })
  expect(await ingest.rows()).toMatchObject([texts])
  expect(ingest.differences()).toEqual([])
})

test.each(['user_id', 'user_query'])('the text of %s is nowhere in the database', async (field) => {
  await using ingest = await testApp()
  await ingest.post({ ...anObservation(), [field]: 'a text to be searched for' })
  expect(ingest.writer.sqlite.serialize().includes('a text to be searched for')).toBe(false)
})
