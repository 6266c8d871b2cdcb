import { expect, test } from 'vitest'
import { ingestLimits, readIngestEnvironment } from '../src/config.ts'

test('the default bounds are the documented ones', () => {
  expect(ingestLimits(readIngestEnvironment({}))).toEqual({
    bodyLimitBytes: 8_388_608,
    batchItemsMax: 5_000,
    bodiesLimitBytes: 134_217_728,
  })
})

test('bounds that could not hold one request are refused', () => {
  expect(() => readIngestEnvironment({ INGEST_QUEUE_ITEMS_MAX: '10' })).toThrow(/could never be accepted/)
  expect(() => readIngestEnvironment({ INGEST_BODIES_LIMIT_BYTES: '10' })).toThrow(/could never be accepted/)
})
