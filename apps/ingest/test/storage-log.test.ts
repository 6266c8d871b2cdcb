import { QueueFullError, StorageUnavailableError } from '@skillwatch/db'
import { expect, test } from 'vitest'
import { createStorageLog } from '../src/storage-log.ts'

test('an outage of the storage is logged once at its beginning and once at its end', () => {
  const lines: string[] = []
  const log = createStorageLog({
    error: (_details: unknown, message?: string) => void lines.push(`error: ${message}`),
    info: (message: unknown) => void lines.push(`info: ${message}`),
  })
  log.worked()
  log.failed(new QueueFullError(1, 1))
  expect(lines).toEqual([])
  for (let outage = 0; outage < 2; outage += 1) {
    for (let request = 0; request < 3; request += 1)
      log.failed(new StorageUnavailableError('SQLITE_FULL', undefined))
    for (let request = 0; request < 3; request += 1) log.worked()
  }
  expect(lines).toHaveLength(4)
  expect(lines.slice(2)).toEqual([
    'error: the database refuses writes; requests are answered with 503',
    'info: the database accepts writes again',
  ])
})
