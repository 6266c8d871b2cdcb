import { NOW_MS } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { lengthText, spanBefore, useWindow, windowText } from '../../src/uses/window.ts'

function instants({ sinceMs, untilMs }: { sinceMs: number; untilMs: number }): string[] {
  return [sinceMs, untilMs].map((atMs) => new Date(atMs).toISOString().slice(0, 16))
}

test('without options a window is the 30 days up to now', () => {
  const window = useWindow({}, NOW_MS)
  expect(instants(window)).toEqual(['2026-10-23T12:00', '2026-11-22T12:00'])
  expect(window).toMatchObject({ isDefault: true, isUntilNow: true })
  expect(windowText(window, 'Europe/Berlin')).toBe('2026-10-23 14:00 to now, Europe/Berlin')
})

test('a window has the whole hours that it touches', () => {
  const window = useWindow({ since: '2026-11-01T10:30:00Z', until: '2026-11-03T09:00:01Z' }, NOW_MS)
  expect(instants(window)).toEqual(['2026-11-01T10:00', '2026-11-03T10:00'])
  expect(windowText(window, 'UTC')).toBe('2026-11-01 10:00 to 2026-11-03 10:00, UTC')
})

test('without a start a window is the 30 days before its end', () => {
  expect(instants(useWindow({ until: '2026-03-31T00:00:00Z' }, NOW_MS))).toEqual([
    '2026-03-01T00:00',
    '2026-03-31T00:00',
  ])
})

test('an empty window is a wrong command line', () => {
  const options = { since: '2026-11-02T00:00:00Z', until: '2026-11-02T00:00:00Z' }
  expect(() => useWindow(options, NOW_MS)).toThrow(expect.objectContaining({ exitCode: 2 }))
})

test('the time before a window is as long, and does not begin before the year 2000', () => {
  const window = { since: '2026-11-01T00:00:00Z', until: '2026-11-08T00:00:00Z' }
  expect(instants(spanBefore(useWindow(window, NOW_MS)))).toEqual(['2026-10-25T00:00', '2026-11-01T00:00'])
  const long = useWindow({ since: '2001-01-01T00:00:00Z' }, NOW_MS)
  expect(instants(spanBefore(long))).toEqual(['2000-01-01T00:00', '2001-01-01T00:00'])
})

test.each([
  ['2026-11-22T11:30:00Z', '1 hour'],
  ['2026-11-20T13:00:00Z', '47 hours'],
  ['2026-11-20T12:00:00Z', '2 days'],
  ['2026-10-23T11:59:00Z', '30 days'],
])('a window since %s is %s long', (since, text) => {
  expect(lengthText(useWindow({ since }, NOW_MS))).toBe(text)
})
