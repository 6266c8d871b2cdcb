import { expect, test } from 'vitest'
import { ingestLimits, readIngestEnvironment } from '../src/config.ts'

test('the bounds are those that are documented unless said otherwise', () => {
  expect(ingestLimits(readIngestEnvironment({}))).toEqual({
    bodyLimitBytes: 8_388_608,
    batchItemsMax: 5_000,
    bodiesLimitBytes: 134_217_728,
  })
})

test('bounds that could not hold one request are refused', () => {
  expect(() => readIngestEnvironment({ INGEST_QUEUE_ITEMS_MAX: '10' })).toThrow(/could never be taken/)
  expect(() => readIngestEnvironment({ INGEST_BODIES_LIMIT_BYTES: '10' })).toThrow(/could never be taken/)
})
