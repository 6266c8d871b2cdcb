import { NOW_MS } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { toWindow, windowBefore } from '../../src/report/window.ts'

const HOUR_MS = 3_600_000
/** 2026-11-22T12:34:56Z */
const nowMs = NOW_MS + 34 * 60_000 + 56_000

function texts({ sinceMs, untilMs }: { sinceMs: number; untilMs: number }): string[] {
  return [sinceMs, untilMs].map((ms) => new Date(ms).toISOString().slice(0, 16))
}

test('a window begins with a whole hour and ends now', () => {
  const window = toWindow({}, nowMs)
  expect(texts(window)).toEqual(['2026-11-15T12:00', '2026-11-22T12:34'])
  expect(texts(windowBefore(window))).toEqual(['2026-11-08T11:00', '2026-11-15T12:00'])
})

test('a window that is over ends with a whole hour, and the one before is equally long', () => {
  const window = toWindow({ since: '2026-11-10T00:00:00Z', until: '2026-11-12T09:30:00Z' }, nowMs)
  expect(texts(window)).toEqual(['2026-11-10T00:00', '2026-11-12T10:00'])
  expect(texts(windowBefore(window))).toEqual(['2026-11-07T14:00', '2026-11-10T00:00'])
})

test('a window never ends in the future', () => {
  expect(toWindow({ until: '2027-01-01T00:00:00Z', since: '2026-11-20T00:00:00Z' }, nowMs).untilMs).toBe(
    nowMs,
  )
})

test('without --since a window begins seven days before its end', () => {
  const { sinceMs, untilMs } = toWindow({ until: '2026-11-01T00:00:00Z' }, nowMs)
  expect(untilMs - sinceMs).toBe(7 * 24 * HOUR_MS)
})

test.each([
  [{ since: '2026-11-12T00:00:00Z', until: '2026-11-12T00:00:00Z' }],
  [{ since: '2027-01-01T00:00:00Z' }],
])('an empty window is refused', (options) => {
  expect(() => toWindow(options, nowMs)).toThrow('--since must be before --until, which is now by default.')
})
