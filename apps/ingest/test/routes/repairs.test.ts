import { anObservation } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { testApp } from '../support.ts'

test('a repair corrects a roll-up that differs from the rows and names its table', async () => {
  await using ingest = await testApp()
  await ingest.post([anObservation({ invocation_id: 'a' }), anObservation({ invocation_id: 'b' })])
  ingest.writer.sqlite.exec('update skill_metrics set invocation_count = invocation_count + 5')
  expect(ingest.differences()).not.toEqual([])
  const reply = await ingest.app.inject({ method: 'POST', url: '/v1/repairs' })
  expect(reply.json()).toEqual({
    checked_rows: 2,
    repaired: [{ table: 'skill_metrics', rows_changed: expect.any(Number) }],
  })
  expect(ingest.differences()).toEqual([])
})

test('only a key with scope admin repairs', async () => {
  await using ingest = await testApp()
  const payload = { name: 'ci', scopes: ['ingest', 'read'] }
  const { api_key } = (await ingest.app.inject({ method: 'POST', url: '/v1/keys', payload })).json()
  const headers = { authorization: `Bearer ${api_key}` }
  const reply = await ingest.app.inject({ method: 'POST', url: '/v1/repairs', headers })
  expect(reply.statusCode).toBe(403)
})
