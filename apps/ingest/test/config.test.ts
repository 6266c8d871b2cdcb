import { expect, test } from 'vitest'
import { readConfig } from '../src/config.ts'

test('bounds that the environment does not set have their documented values', () => {
  expect(readConfig({}).limits).toEqual({
    bodyLimitBytes: 8_388_608,
    batchItemsMax: 5_000,
    bodiesLimitBytes: 134_217_728,
  })
})

test('bounds too small for the largest allowed request are refused', () => {
  expect(() => readConfig({ INGEST_QUEUE_ITEMS_MAX: '10' })).toThrow(/could never be accepted/)
  expect(() => readConfig({ INGEST_BODIES_LIMIT_BYTES: '10' })).toThrow(/could never be accepted/)
})
