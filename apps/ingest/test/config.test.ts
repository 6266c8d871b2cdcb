import { expect, test } from 'vitest'
import { ingestLimits, readIngestEnvironment } from '../src/config.ts'

test('the bounds are those that are documented unless said otherwise', () => {
  expect(ingestLimits(readIngestEnvironment({}))).toEqual({
    bodyLimitBytes: 8_388_608,
    batchItemsMax: 5_000,
    requestsMax: 64,
  })
})

test('a queue that could not hold one batch is refused', () => {
  expect(() => readIngestEnvironment({ INGEST_QUEUE_ITEMS_MAX: '10' })).toThrow(/a full batch could never be queued/)
})
