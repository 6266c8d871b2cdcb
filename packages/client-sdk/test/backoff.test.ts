import { expect, test } from 'vitest'
import { backoffMs, pause } from '../src/backoff.ts'
import { parseRetryAfterMs } from '../src/post-batch.ts'

const backoff = { delayMs: 100, delayMsMax: 1_000 }

test('the bound of the pause doubles up to its maximum', () => {
  expect([1, 2, 3, 4, 5, 60, 5_000].map((attempt) => backoffMs(backoff, attempt, () => 1))).toEqual([
    100, 200, 400, 800, 1_000, 1_000, 1_000,
  ])
})

test('the jitter is full: the pause may be nothing', () => {
  expect(backoffMs(backoff, 5, () => 0)).toBe(0)
})

test('a pause ends with the reason of the abort', async () => {
  const stop = new AbortController()
  const paused = pause(60_000, stop.signal)
  stop.abort(new Error('enough'))
  await expect(paused).rejects.toThrow('enough')
  await expect(pause(60_000, stop.signal)).rejects.toThrow('enough')
})

test.each([
  ['3', 3_000],
  ['Sun, 22 Nov 2026 12:00:05 GMT', 5_000],
  ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
  ['999999', 120_000],
  ['soon', undefined],
  [null, undefined],
])('Retry-After %s is %s ms', (header, expected) => {
  expect(parseRetryAfterMs(header, Date.UTC(2026, 10, 22, 12))).toBe(expected)
})
