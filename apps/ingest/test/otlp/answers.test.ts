import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { gzipSync } from 'node:zlib'
import { createApiKey } from '@skillwatch/db'
import { temporaryFolder, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { NOW_MS } from '../support.ts'
import { anEvent, aSpan, decode, encode, JSON_TYPE, logs, otlpApp, PROTOBUF, traces } from './support.ts'

const signals = [
  ['traces', 'ExportTraceServiceRequest'],
  ['logs', 'ExportLogsServiceRequest'],
  ['metrics', 'ExportMetricsServiceRequest'],
] as const

test.each(signals)('empty requests for %s are answered with 200 in their own encoding', async (path) => {
  await using ingest = await otlpApp()
  const json = await ingest.send(path, {})
  expect([json.statusCode, json.headers['content-type'], json.body]).toEqual([200, JSON_TYPE, '{}'])
  const binary = await ingest.send(path, Buffer.alloc(0), { 'content-type': PROTOBUF })
  expect([binary.statusCode, binary.headers['content-type'], binary.rawPayload.length]).toEqual([
    200,
    PROTOBUF,
    0,
  ])
})

test.each(signals)(
  'protobuf for %s that is cut off is answered with 400 and a status in protobuf',
  async (path, type) => {
    await using ingest = await otlpApp()
    const whole = encode(type, {
      ...traces([aSpanInBytes()]),
      ...logs([anEvent('x')]),
      resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm' }] }] }],
    })
    const reply = await ingest.send(path, whole.subarray(0, whole.length - 1), { 'content-type': PROTOBUF })
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([400, PROTOBUF])
    expect(decode('Status2', reply.rawPayload)).toMatchObject({
      code: 3,
      message: expect.stringContaining(type),
    })
  },
)

test.each([
  ['text', 'hello'],
  ['a list', []],
  ['envelopes of another type', { resourceSpans: 5 }],
  ['an envelope that is no object', { resourceSpans: [5] }],
  ['attributes of a resource that are no list', { resourceSpans: [{ resource: { attributes: {} } }] }],
  ['brackets without end', '['.repeat(100_000)],
  ['far too many fields', `{"a":[${'0,'.repeat(600_000)}0]}`],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
])('JSON that is %s is answered with 400 and a status in JSON', async (_what, body) => {
  await using ingest = await otlpApp()
  const reply = await ingest.send('traces', body)
  expect([reply.statusCode, reply.headers['content-type']]).toEqual([400, JSON_TYPE])
  expect(reply.json()).toEqual({ code: 3, message: expect.any(String) })
})

test('an exporter that names another project than its key gets a status of permission denied', async () => {
  await using ingest = await otlpApp()
  const { api_key } = createApiKey(
    ingest.writer,
    { name: 'exporter', scopes: ['ingest'], project: 'mine' },
    NOW_MS,
  )
  const headers = { authorization: `Bearer ${api_key}`, 'skillwatch-project': 'theirs' }
  const refused = await ingest.send(
    'logs',
    logs([anEvent('skill_activated', { 'skill.name': 'pdf-fill' })]),
    headers,
  )
  expect(refused.statusCode).toBe(403)
  expect(refused.json()).toMatchObject({ code: 7, message: expect.stringMatching(/"mine".*"theirs"/) })
  expect(await ingest.rows()).toEqual([])
  expect((await ingest.send('logs', {}, { ...headers, 'skillwatch-project': 'mine' })).statusCode).toBe(200)
})

test('millions of tiny fields in protobuf are refused before they fill the memory', async () => {
  await using ingest = await otlpApp()
  const spans = Buffer.alloc(6_000_000, Buffer.from([0x12, 0x00]))
  const scope = Buffer.concat([Buffer.from([0x12]), varint(spans.length), spans])
  const body = Buffer.concat([Buffer.from([0x0a]), varint(scope.length), scope])
  const reply = await ingest.send('traces', body, { 'content-type': PROTOBUF })
  expect(reply.statusCode).toBe(400)
  expect(String(decode('Status2', reply.rawPayload).message)).toContain('more than 2000000 fields')
})

test('groups nested without end are refused', async () => {
  await using ingest = await otlpApp()
  const reply = await ingest.send('logs', Buffer.alloc(100_000, 0x1b), { 'content-type': PROTOBUF })
  expect(reply.statusCode).toBe(400)
})

test('gzip is accepted, and gzip that is cut off is answered with 400', async () => {
  await using ingest = await otlpApp()
  const whole = gzipSync(JSON.stringify(traces([aSpan()])))
  const headers = { 'content-encoding': 'gzip' }
  expect((await ingest.send('traces', whole, headers)).json()).toEqual({})
  const cut = await ingest.send('traces', whole.subarray(0, whole.length - 9), headers)
  expect([cut.statusCode, cut.json()]).toEqual([400, { code: 3, message: expect.stringContaining('gzip') }])
  expect(await ingest.rows()).toHaveLength(1)
})

test('a gzip bomb is cut off at the limit', async () => {
  await using ingest = await otlpApp({ env: { INGEST_BODY_LIMIT_BYTES: '100000' } })
  const bomb = gzipSync(Buffer.alloc(50_000_000, ' '))
  const reply = await ingest.send('logs', bomb, { 'content-encoding': 'gzip', 'content-type': PROTOBUF })
  expect(reply.statusCode).toBe(413)
  expect(decode('Status2', reply.rawPayload)).toMatchObject({
    code: 3,
    message: expect.stringContaining('100000 bytes'),
  })
})

test.each([
  [{ 'content-type': 'text/plain' }],
  [{ 'content-type': 'application/x-protobuf-text' }],
  [{ 'content-type': JSON_TYPE, 'content-encoding': 'br' }],
])('what is sent as %j is answered with 415 and a status in JSON', async (headers) => {
  await using ingest = await otlpApp()
  const reply = await ingest.send('traces', '{}', headers)
  expect([reply.statusCode, reply.headers['content-type'], reply.json()]).toEqual([
    415,
    JSON_TYPE,
    { code: 3, message: expect.any(String) },
  ])
})

test('a missing key and a missing scope are answered with a status, in either encoding', async () => {
  using folder = temporaryFolder()
  const databasePath = `${folder.path}/skillwatch.db`
  const keys: string[] = []
  {
    await using first = await otlpApp({ databasePath })
    for (const scope of ['read', 'ingest'] as const) {
      const key = await first.recorder.createApiKey({ name: scope, scopes: [scope], project: 'default' })
      keys.push(key.api_key)
    }
  }
  await using ingest = await otlpApp({ databasePath, access: { mode: 'deny' } })
  const missing = await ingest.send('logs', Buffer.alloc(0), { 'content-type': PROTOBUF })
  expect([missing.statusCode, missing.headers['www-authenticate']]).toEqual([
    401,
    'Bearer realm="skillwatch"',
  ])
  expect(decode('Status2', missing.rawPayload)).toMatchObject({ code: 16 })
  const codes = []
  for (const key of ['sw_a_b', ...keys]) {
    const reply = await ingest.send('logs', {}, { authorization: `Bearer ${key}` })
    codes.push([reply.statusCode, reply.json().code])
  }
  expect(codes).toEqual([
    [401, 16],
    [403, 7],
    [200, undefined],
  ])
})

test('a request for another host is refused with a status', async () => {
  await using ingest = await otlpApp()
  const reply = await ingest.send('traces', {}, { host: 'evil.example.org' })
  expect([reply.statusCode, reply.json().code]).toEqual([421, 9])
})

test('a full queue is answered with 503, and a request sent again is stored once', async () => {
  const env = { INGEST_QUEUE_ITEMS_MAX: '2', INGEST_BATCH_ITEMS_MAX: '2' }
  await using ingest = await otlpApp({ env, groupDelayMs: 500 })
  const send = (from: number) =>
    ingest.send(
      'traces',
      traces([from, from + 1].map((n) => aSpan({ attributes: { 'gen_ai.tool.call.id': `call_n${n}` } }))),
    )
  // Right after a commit the next group waits for further observations.
  await send(1)
  const waiting = send(3)
  await until(() => ingest.recorder.queuedItems === 2)
  const refused = await send(5)
  expect([refused.statusCode, refused.headers['retry-after'], refused.json().code]).toEqual([503, '1', 14])
  expect((await waiting).statusCode).toBe(200)
  expect((await send(5)).statusCode).toBe(200)
  const ids = [1, 2, 3, 4, 5, 6].map((number) => `call_n${number}`)
  expect((await ingest.rows()).map((row) => row.invocation_id).sort()).toEqual(ids)
})

test('a database that refuses writes is answered with 503 and Retry-After', async () => {
  await using ingest = await otlpApp()
  ingest.writer.sqlite.pragma('query_only = 1')
  const reply = await ingest.send('traces', encode('ExportTraceServiceRequest', traces([aSpanInBytes()])), {
    'content-type': PROTOBUF,
  })
  ingest.writer.sqlite.pragma('query_only = 0')
  expect([reply.statusCode, reply.headers['retry-after']]).toEqual([503, '2'])
  expect(decode('Status2', reply.rawPayload)).toMatchObject({
    code: 14,
    message: expect.stringContaining('SQLITE'),
  })
})

test('a request with more calls than one batch may have is stored whole', async () => {
  await using ingest = await otlpApp({ env: { INGEST_QUEUE_ITEMS_MAX: '10', INGEST_BATCH_ITEMS_MAX: '10' } })
  const spans = Array.from({ length: 25 }, (_, n) =>
    aSpan({ attributes: { 'gen_ai.tool.call.id': `call_n${n}` } }),
  )
  expect((await ingest.send('traces', traces(spans))).statusCode).toBe(200)
  expect(await ingest.rows()).toHaveLength(25)
})

test('bad records are named by index and reason, and the good ones of the request are stored', async () => {
  await using ingest = await otlpApp()
  const bad = [
    'not a span',
    aSpan({ traceId: 'xyz' }),
    aSpan({ spanId: '0000000000000000' }),
    aSpan({ startTimeUnixNano: -1 }),
    aSpan({ startTimeUnixNano: '1000000', endTimeUnixNano: '2000000' }),
    aSpan({ endTimeUnixNano: '18446744073709551615' }),
    aSpan({ attributes: { 'gen_ai.conversation.id': 'x'.repeat(201) } }),
    aSpan({ attributes: { 'gen_ai.tool.call.id': 'x'.repeat(201) } }),
    aSpan({ name: 5 }),
  ]
  const reply = await ingest.send('traces', traces([...bad, aSpan()]))
  expect(reply.statusCode).toBe(200)
  const { rejectedSpans, errorMessage } = reply.json().partialSuccess
  expect(rejectedSpans).toBe(String(bad.length))
  expect(errorMessage).toContain('span 1: traceId is not 16 bytes in hex')
  expect(await ingest.rows()).toHaveLength(1)
  expect(await ingest.metricsText()).toContain(
    `skillwatch_otlp_rejected_total{signal="traces"} ${bad.length}`,
  )
})

test('a partial success of a protobuf request is encoded in protobuf', async () => {
  await using ingest = await otlpApp()
  const body = encode(
    'ExportLogsServiceRequest',
    logs([anEvent('skill_activated'), anEvent('skill_activated', { 'skill.name': 'pdf' })]),
  )
  const reply = await ingest.send('logs', body, { 'content-type': PROTOBUF })
  expect(decode('ExportLogsServiceResponse', reply.rawPayload)).toEqual({
    partialSuccess: { rejectedLogRecords: '1', errorMessage: 'log record 0: skill.name is missing' },
  })
  expect(await ingest.rows()).toHaveLength(1)
})

test('a chunked body without a length is accepted', async () => {
  await using ingest = await otlpApp()
  const url = await ingest.app.listen({ port: 0, host: '127.0.0.1' })
  const sending = httpRequest(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': JSON_TYPE, 'transfer-encoding': 'chunked' },
  })
  const text = JSON.stringify(traces([aSpan()]))
  sending.write(text.slice(0, 50))
  sending.end(text.slice(50))
  const [reply] = await once(sending, 'response')
  reply.resume()
  await once(reply, 'end')
  expect(reply.statusCode).toBe(200)
  expect(await ingest.rows()).toHaveLength(1)
})

test('names that senders choose lead to a bounded number of series', async () => {
  await using ingest = await otlpApp()
  const spans = Array.from({ length: 300 }, (_, n) =>
    aSpan({ name: `operation-${n} x`, attributes: { 'gen_ai.operation.name': `op-${n}` } }),
  )
  await ingest.send(
    'traces',
    traces([...spans, aSpan({ attributes: { 'gen_ai.operation.name': 'a "quoted"\nthing' } })]),
  )
  const lines = (await ingest.metricsText())
    .split('\n')
    .filter((line) => line.startsWith('skillwatch_otlp_unused_total{signal="traces"'))
  expect(lines).toHaveLength(201)
  expect(lines).toContain('skillwatch_otlp_unused_total{signal="traces",name="_other"} 101')
})

function aSpanInBytes() {
  return { ...aSpan(), traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1) }
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest])
    bytes.push((rest & 0x7f) | 0x80)
  }
}
