import { expect, test } from 'vitest'
import { parseRetryAfterMs } from '../src/delivery/retry-after.ts'
import { backoffMs, Retries, startPause } from '../src/shared/retry.ts'

const backoff = { delayMs: 100, delayMsMax: 1_000 }

test('the upper bound of the pause doubles with each failure, up to its maximum', () => {
  expect([1, 2, 3, 4, 5, 60, 5_000].map((attempt) => backoffMs(backoff, attempt, () => 1))).toEqual([
    100, 200, 400, 800, 1_000, 1_000, 1_000,
  ])
})

test('the jitter is full: the pause may be 0', () => {
  expect(backoffMs(backoff, 5, () => 0)).toBe(0)
})

test('a pause rejects when its signal aborts, at once if that has happened already', async () => {
  const stop = new AbortController()
  const paused = startPause(60_000, stop.signal).ended
  stop.abort(new Error('enough'))
  await expect(paused).rejects.toThrow('enough')
  await expect(startPause(60_000, stop.signal).ended).rejects.toThrow('enough')
})

test('a pause that is ended early resolves, and an abort after that changes nothing', async () => {
  const stop = new AbortController()
  const pause = startPause(60_000, stop.signal)
  pause.end()
  stop.abort(new Error('enough'))
  await expect(pause.ended).resolves.toBeUndefined()
})

test('pauses grow with each failure, respect the minimum, and are short again after a reset', () => {
  const retries = new Retries(backoff, () => 1)
  expect([retries.addFailure(), retries.addFailure(), retries.addFailure(3_000)]).toEqual([100, 200, 3_000])
  expect(retries.failureCount).toBe(3)
  retries.reset()
  expect([retries.addFailure(50), retries.failureCount]).toEqual([100, 1])
})

test.each([
  ['3', 3_000],
  ['Sun, 22 Nov 2026 12:00:05 GMT', 5_000],
  ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
  ['999999', 120_000],
  ['soon', undefined],
  [null, undefined],
])('the header Retry-After %s means a pause of %s ms', (header, expected) => {
  expect(parseRetryAfterMs(header, Date.UTC(2026, 10, 22, 12))).toBe(expected)
})
