import { anObservation, startProcess, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { testApp } from './support.ts'

const batch = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => anObservation({ invocation_id: `i-${from + index}` }))

test('a full queue is answered with 503, is counted, and makes ingest not ready', async () => {
  await using ingest = await testApp({
    env: { INGEST_QUEUE_ITEMS_MAX: '10', INGEST_BATCH_ITEMS_MAX: '10' },
    groupDelayMs: 1_000,
  })
  // Right after a commit the next group waits for further observations.
  await ingest.post(batch(20, 1))
  const waiting = ingest.post(batch(0, 10))
  await until(() => ingest.recorder.queuedItems === 10)
  const refused = await ingest.post(batch(10, 1))
  expect(refused.statusCode).toBe(503)
  expect(refused.headers['retry-after']).toBe('1')
  expect(refused.json()).toMatchObject({
    type: '/problems/unavailable',
    detail: expect.stringMatching(/queue is full/),
  })
  expect((await ingest.app.inject('/health/ready')).json()).toMatchObject({
    reasons: ['the write queue is full'],
  })
  expect((await waiting).json()).toMatchObject({ accepted: 10 })
  expect((await ingest.post(batch(10, 1))).json()).toMatchObject({ accepted: 1 })
  expect(await ingest.rows()).toHaveLength(12)
  expect(await ingest.metricsText()).toContain(
    'skillwatch_ingest_refused_requests_total{reason="queue_full"} 1',
  )
})

test('requests whose bodies may exceed the limit together are refused for now, and counted', async () => {
  const env = { INGEST_BODY_LIMIT_BYTES: '1000', INGEST_BODIES_LIMIT_BYTES: '2000' }
  await using ingest = await testApp({ env, groupDelayMs: 200 })
  const padded = (number: number) => [
    anObservation({ invocation_id: `i-${number}`, error_type: 'x'.repeat(700) }),
  ]
  const replies = await Promise.all([1, 2, 3].map((number) => ingest.post(padded(number))))
  expect(replies.map((reply) => reply.statusCode).sort()).toEqual([200, 200, 503])
  expect(replies.find((reply) => reply.statusCode === 503)!.headers['retry-after']).toBe('1')
  expect((await ingest.post(padded(9))).statusCode).toBe(200)
  expect(await ingest.metricsText()).toContain(
    'skillwatch_ingest_refused_requests_total{reason="bodies_limit"} 1',
  )
})

test('a locked database is answered with 503 until it is unlocked', async () => {
  await using ingest = await testApp()
  await using blocker = await lockedBy(ingest.path)
  const refused = await ingest.post(batch(0, 3))
  expect(refused.statusCode).toBe(503)
  expect(refused.headers['retry-after']).toBe('2')
  expect(refused.json().detail).toContain('SQLITE_BUSY')
  expect((await ingest.app.inject('/health/ready')).statusCode).toBe(503)
  const key = { method: 'POST', url: '/v1/keys', payload: { name: 'x', scopes: ['read'] } } as const
  expect((await ingest.app.inject(key)).statusCode).toBe(503)
  expect(await ingest.rows()).toEqual([])

  await blocker.stop()
  await until(async () => (await ingest.app.inject('/health/ready')).statusCode === 200)
  expect((await ingest.post(batch(0, 3))).json()).toMatchObject({ accepted: 3 })
  expect((await ingest.app.inject('/v1/stream')).json()).toMatchObject({ offset: 3 })
  expect(ingest.differences()).toEqual([])
  expect(await ingest.metricsText()).toContain('skillwatch_ingest_storage_available 1')
})

test.each([
  ['a full database', 'max_page_count', '1', '1000000', 'SQLITE_FULL'],
  ['a read-only database', 'query_only', '1', '0', 'SQLITE_READONLY'],
])(
  '%s is answered with 503, nothing is stored in part, and requests are accepted again afterwards',
  async (...row) => {
    const [, pragma, on, off, code] = row
    await using ingest = await testApp()
    expect((await ingest.post(batch(0, 1))).statusCode).toBe(200)
    ingest.writer.sqlite.pragma(`${pragma} = ${on}`)
    const refused = await ingest.post(batch(1, 2_000))
    expect(refused.statusCode).toBe(503)
    expect(refused.headers['retry-after']).toBe('2')
    expect(refused.json().detail).toContain(code)
    expect(ingest.differences()).toEqual([])
    expect((await ingest.app.inject('/health/ready')).statusCode).toBe(503)

    ingest.writer.sqlite.pragma(`${pragma} = ${off}`)
    await until(async () => (await ingest.app.inject('/health/ready')).statusCode === 200)
    const { accepted, duplicates } = (await ingest.post(batch(1, 2_000))).json()
    expect(accepted + duplicates).toBe(2_000)
    expect((await ingest.app.inject('/v1/stream')).json()).toMatchObject({ offset: 2_001 })
    expect(await ingest.rows()).toHaveLength(2_001)
    expect(ingest.differences()).toEqual([])
  },
)

test('after any mix of good, bad and repeated items every roll-up equals the rows', async () => {
  await using ingest = await testApp()
  for (let round = 0; round < 5; round += 1) {
    await ingest.post([
      ...batch(round, 4),
      { skill_name: 'x' },
      anObservation({ invocation_id: 'i-1', outcome: 'failed' }),
    ])
  }
  expect(ingest.differences()).toEqual([])
})

/**
 * Another process that holds the write lock until it is stopped. Locks of one process do not exclude each
 * other.
 */
function lockedBy(path: string) {
  const program = `
    const { DatabaseSync } = require('node:sqlite')
    new DatabaseSync(${JSON.stringify(path)}).exec('begin immediate')
    console.log('locked')
    setInterval(() => {}, 1000)`
  return startProcess({ args: ['-e', program], ready: /^locked/m })
}
