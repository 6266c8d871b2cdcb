import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { anObservation, freePort, until } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSender, SendError } from '../src/index.ts'
import { startIngestDouble } from './ingest-double.ts'

const quick = { backoff: { delayMs: 1, delayMsMax: 5 } }
const observations = (count: number) =>
  Array.from({ length: count }, (_, index) => anObservation({ invocation_id: `id-${index}` }))

test('observations are sent in batches within the bound, and the totals are summed', async () => {
  await using ingest = await startIngestDouble()
  const totals = await createSender({ url: ingest.url, batchItemsMax: 100 }).send(observations(250))
  expect(totals).toEqual({ accepted: 250, duplicates: 0, rejectedCount: 0, rejected: [] })
  expect(ingest.received.map((each) => each.observations.length).sort()).toEqual([100, 100, 50])
})

test('an empty array makes no request', async () => {
  await using ingest = await startIngestDouble()
  await createSender({ url: ingest.url }).send([])
  expect(ingest.received).toEqual([])
})

test('no body exceeds the bound of bytes', async () => {
  await using ingest = await startIngestDouble()
  const large = observations(10).map((each) => ({ ...each, attributes: { text: 'x'.repeat(900) } }))
  await createSender({ url: ingest.url, batchBytesMax: 2_500, gzipBytesMin: 1e9 }).send(large)
  expect(ingest.received.length).toBe(5)
  for (const { headers } of ingest.received)
    expect(Number(headers['content-length'])).toBeLessThanOrEqual(2_500)
})

test('large bodies are gzipped, small ones are not', async () => {
  await using ingest = await startIngestDouble()
  const sender = createSender({ url: ingest.url, gzipBytesMin: 1_000 })
  await sender.send(observations(1))
  await sender.send(observations(100))
  expect(ingest.received.map(({ headers }) => headers['content-encoding'])).toEqual([undefined, 'gzip'])
  expect(ingest.stored.size).toBe(100)
})

test('the key is sent as a bearer token', async () => {
  await using ingest = await startIngestDouble()
  await createSender({ url: ingest.url, apiKey: 'sw_a_b' }).send(observations(1))
  expect(ingest.received[0]!.headers.authorization).toBe('Bearer sw_a_b')
})

test.each([429, 500, 502, 503, 504])(
  'a request answered with %i is repeated until it succeeds',
  async (status) => {
    await using ingest = await startIngestDouble((_, reply, index) =>
      index < 3 ? reply.code(status).send({ title: 'busy' }) : undefined,
    )
    const totals = await createSender({ url: ingest.url, ...quick }).send(observations(1))
    expect(totals.accepted).toBe(1)
    expect(ingest.received.length).toBe(4)
  },
)

test.each([400, 401, 403, 404, 413, 415])('a request answered with %i is not repeated', async (status) => {
  await using ingest = await startIngestDouble((_, reply) =>
    reply.code(status).send({ title: 'no', detail: 'never' }),
  )
  const failure = await createSender({ url: ingest.url, ...quick })
    .send(observations(1))
    .catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(SendError)
  expect(failure).toMatchObject({ kind: 'refused', status })
  expect((failure as Error).message).toContain('never')
  expect(ingest.received.length).toBe(1)
})

test('no pause is shorter than Retry-After', async () => {
  await using ingest = await startIngestDouble((_, reply, index) =>
    index === 0 ? reply.code(503).header('retry-after', '1').send({ title: 'full' }) : undefined,
  )
  const pauses: number[] = []
  await createSender({ url: ingest.url, ...quick, onRetry: ({ delayMs }) => pauses.push(delayMs) }).send(
    observations(1),
  )
  expect(pauses).toEqual([1_000])
})

test('the items of a rejected batch are reported by index, and the other batches are sent', async () => {
  await using ingest = await startIngestDouble(({ observations: items }, reply) =>
    items[0]!.invocation_id === 'id-2'
      ? reply.code(422).send({
          type: 'about:blank',
          title: 'nothing acceptable',
          status: 422,
          errors: items.map((_, index) => ({ index, pointer: '/skill_name', reason: 'is required' })),
        })
      : undefined,
  )
  const totals = await createSender({ url: ingest.url, batchItemsMax: 2 }).send(observations(6))
  expect(totals).toEqual({
    accepted: 4,
    duplicates: 0,
    rejectedCount: 2,
    rejected: [
      { index: 2, pointer: '/skill_name', reason: 'is required' },
      { index: 3, pointer: '/skill_name', reason: 'is required' },
    ],
  })
})

test('sending to a dead server fails after the last attempt, with the address in the message', async () => {
  const url = `http://127.0.0.1:${await freePort()}`
  const failure = await createSender({ url, attemptsMax: 3, ...quick })
    .send(observations(1))
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({ name: 'SendError', kind: 'unreachable' })
  expect((failure as Error).message).toContain(url)
  expect((failure as Error).message).toContain('ECONNREFUSED')
})

test('everything is sent when the server is back', async () => {
  const port = await freePort()
  const retries: string[] = []
  const sender = createSender({
    url: `http://127.0.0.1:${port}`,
    attemptsMax: 1_000,
    ...quick,
    onRetry: ({ reason }) => retries.push(reason),
  })
  const sent = sender.send(observations(5))
  await until(() => retries.length > 2)
  await using ingest = await startIngestDouble(undefined, port)
  expect((await sent).accepted).toBe(5)
  expect(ingest.stored.size).toBe(5)
})

test('a request whose answer is cut off is repeated, and nothing is stored twice', async () => {
  await using ingest = await startIngestDouble(async ({ observations: items }, reply, index) => {
    if (index > 0) return undefined
    for (const { invocation_id } of items) ingest.stored.set(invocation_id!, 1)
    reply.raw.writeHead(200, { 'content-length': '1000' }).write('{"accepted":')
    reply.raw.destroy()
    return reply.hijack()
  })
  const totals = await createSender({ url: ingest.url, ...quick }).send([anObservation(), anObservation()])
  expect(totals).toMatchObject({ accepted: 0, duplicates: 2 })
  const [first, second] = ingest.received.map((each) => each.observations.map((item) => item.invocation_id))
  expect(second).toEqual(first)
})

test('a request without an answer fails after the timeout', async () => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const failure = await createSender({ url, timeoutMs: 30, attemptsMax: 2, ...quick })
    .send(observations(1))
    .catch((error: unknown) => error)
  for (const socket of sockets) socket.destroy()
  server.close()
  expect(failure).toMatchObject({ kind: 'unreachable' })
  expect((failure as Error).message).toContain('no answer within 30 ms')
  expect(sockets.size).toBeGreaterThan(0)
})

test('at most inFlightMax requests are made at the same time, over all send calls', async () => {
  let underWay = 0
  let most = 0
  await using ingest = await startIngestDouble(async () => {
    underWay += 1
    most = Math.max(most, underWay)
    await new Promise((resolve) => setTimeout(resolve, 5))
    underWay -= 1
    return undefined
  })
  const sender = createSender({ url: ingest.url, batchItemsMax: 1, inFlightMax: 3 })
  await Promise.all([sender.send(observations(8)), sender.send(observations(8))])
  expect(most).toBe(3)
  expect(ingest.received.length).toBe(16)
})

test('an abort ends the request and the pause before the next one', async () => {
  await using ingest = await startIngestDouble((_, reply) =>
    reply.code(503).header('retry-after', '60').send({}),
  )
  const stop = new AbortController()
  const sender = createSender({ url: ingest.url, onRetry: () => stop.abort(new Error('enough')) })
  await expect(sender.send(observations(1), { signal: stop.signal })).rejects.toThrow('enough')
  expect(ingest.received.length).toBe(1)
  await expect(sender.send(observations(1), { signal: stop.signal })).rejects.toThrow('enough')
  expect(ingest.received.length).toBe(1)
})

test('after a refusal no further batch is sent, and a batch in a pause is not sent again', async () => {
  await using ingest = await startIngestDouble((_, reply, index) =>
    index === 0
      ? reply.code(503).header('retry-after', '60').send({})
      : reply.code(403).send({ title: 'no' }),
  )
  const sender = createSender({ url: ingest.url, batchItemsMax: 1, inFlightMax: 2 })
  await expect(sender.send(observations(200))).rejects.toThrow('answered 403')
  expect(ingest.received.length).toBe(2)
})

test('every observation is sent once and in one batch, for all bounds', async () => {
  await using ingest = await startIngestDouble()
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 3_000 }),
      fc.integer({ min: 1, max: 4 }),
      async (count, batchItemsMax, batchBytesMax, inFlightMax) => {
        ingest.stored.clear()
        const sender = createSender({ url: ingest.url, batchItemsMax, batchBytesMax, inFlightMax })
        const totals = await sender.send(observations(count))
        expect(totals.accepted).toBe(count)
        expect([...ingest.stored.values()].every((times) => times === 1)).toBe(true)
      },
    ),
    { numRuns: 40 },
  )
})
