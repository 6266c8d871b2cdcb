import { gzipSync } from 'node:zlib'
import { anObservation } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { testApp } from '../support.ts'

test('one object, an array and NDJSON are accepted and stored', async () => {
  await using ingest = await testApp()
  const one = await ingest.post(anObservation({ invocation_id: 'a' }))
  expect(one.json()).toEqual({ accepted: 1, duplicates: 0, rejected: [] })
  const many = await ingest.post([
    anObservation({ invocation_id: 'b' }),
    anObservation({ invocation_id: 'c' }),
  ])
  expect(many.json()).toEqual({ accepted: 2, duplicates: 0, rejected: [] })
  const [d, e] = ['d', 'e'].map((invocation_id) => JSON.stringify(anObservation({ invocation_id })))
  const lines = `\uFEFF${d}\r\n\n${e}`
  for (const type of ['application/x-ndjson', 'application/jsonl', 'application/ndjson']) {
    const reply = await ingest.post(lines, { 'content-type': type })
    expect(reply.json(), type).toMatchObject({ rejected: [] })
  }
  expect((await ingest.rows()).map((row) => row.invocation_id)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(ingest.differences()).toEqual([])
})

test('gzip is accepted for both content types', async () => {
  await using ingest = await testApp()
  const json = gzipSync(JSON.stringify([anObservation({ invocation_id: 'a' })]))
  expect((await ingest.post(json, { 'content-encoding': 'gzip' })).json()).toMatchObject({ accepted: 1 })
  const ndjson = gzipSync(`${JSON.stringify(anObservation({ invocation_id: 'b' }))}\n`)
  const reply = await ingest.post(ndjson, {
    'content-encoding': 'gzip',
    'content-type': 'application/x-ndjson',
  })
  expect(reply.json()).toMatchObject({ accepted: 1 })
})

test('a batch sent twice is stored once', async () => {
  await using ingest = await testApp()
  const batch = [anObservation({ invocation_id: 'a' }), anObservation({ invocation_id: 'b' })]
  expect((await ingest.post(batch)).json()).toEqual({ accepted: 2, duplicates: 0, rejected: [] })
  expect((await ingest.post(batch)).json()).toEqual({ accepted: 0, duplicates: 2, rejected: [] })
  expect(await ingest.rows()).toHaveLength(2)
})

test('start and end of a call give one row, in either order', async () => {
  await using ingest = await testApp()
  const id = { skill_name: 'deploy', session_id: 's', invocation_id: '' }
  const start = { invoked_at: '2026-11-22T11:00:00Z', outcome: 'running' }
  const end = { ended_at: '2026-11-22T11:00:05Z', outcome: 'completed', execution_ms: 5_000 }
  await ingest.post({ ...id, invocation_id: 'forward', ...start })
  await ingest.post({ ...id, invocation_id: 'forward', ...end })
  await ingest.post({ ...id, invocation_id: 'backward', ...end })
  await ingest.post({ ...id, invocation_id: 'backward', ...start })
  const [forward, backward] = await ingest.rows()
  expect({ ...backward, invocation_id: '' }).toEqual({ ...forward, invocation_id: '' })
  expect(forward).toMatchObject({
    outcome: 'completed',
    invoked_at: '2026-11-22T11:00:00.000Z',
    execution_ms: 5_000,
  })
})

test('ids are created for items that have none, and returned in order', async () => {
  await using ingest = await testApp()
  const { invocation_ids } = (
    await ingest.post([anObservation(), { skill_name: 'x' }, anObservation({ invocation_id: 'mine' })])
  ).json()
  expect(invocation_ids).toEqual([
    expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    null,
    'mine',
  ])
  expect((await ingest.rows()).map((row) => row.invocation_id)).toEqual([invocation_ids[0], 'mine'])
})

test('the good items of a batch are stored and the bad ones are named', async () => {
  await using ingest = await testApp()
  const reply = await ingest.post([{ skill_name: '' }, anObservation({ invocation_id: 'good' }), 7])
  expect(reply.statusCode).toBe(200)
  expect(reply.json()).toMatchObject({
    accepted: 1,
    rejected: [
      { index: 0, pointer: '/session_id', reason: 'is required' },
      { index: 2, pointer: '', reason: 'must be object' },
    ],
  })
  expect(await ingest.metricsText()).toContain('skillwatch_ingest_observations_total{result="rejected"} 2')
})

test('a broken line of NDJSON is one rejected item', async () => {
  await using ingest = await testApp()
  const lines = [JSON.stringify(anObservation()), '{"skill_name":', JSON.stringify(anObservation())].join(
    '\n',
  )
  const reply = await ingest.post(lines, { 'content-type': 'application/x-ndjson' })
  expect(reply.json()).toMatchObject({
    accepted: 2,
    rejected: [{ index: 1, pointer: '', reason: expect.stringMatching(/^is not JSON/) }],
  })
})

test('an empty batch is fine and stores nothing', async () => {
  await using ingest = await testApp()
  expect((await ingest.post([])).json()).toEqual({ accepted: 0, duplicates: 0, rejected: [] })
  const ndjson = await ingest.post('\n\n', { 'content-type': 'application/x-ndjson' })
  expect(ndjson.json()).toEqual({ accepted: 0, duplicates: 0, rejected: [] })
})

test('a batch as large as the limit is stored whole, in several transactions', async () => {
  await using ingest = await testApp()
  const batch = Array.from({ length: 5_000 }, (_, index) => anObservation({ invocation_id: `i-${index}` }))
  expect((await ingest.post(batch)).json()).toEqual({ accepted: 5_000, duplicates: 0, rejected: [] })
  expect((await ingest.app.inject('/v1/stream')).json()).toMatchObject({ offset: 5_000 })
  expect(ingest.differences()).toEqual([])
})

test('a 422 lists the first hundred rejected items and says how many there were', async () => {
  await using ingest = await testApp()
  const reply = await ingest.post(Array.from({ length: 250 }, () => ({})))
  expect(reply.statusCode).toBe(422)
  expect(reply.json()).toMatchObject({ detail: 'all 250 items were rejected; the first 100 are listed' })
  expect(reply.json().errors).toHaveLength(100)
})
