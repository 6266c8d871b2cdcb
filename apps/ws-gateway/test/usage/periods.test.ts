import { expect, test } from 'vitest'
import { createCalendar } from '../../src/usage/periods.ts'

test.each([
  ['UTC', '2026-11-01T23:00:00Z', '2026-11-01', '2026-10-26', '2026-11'],
  ['Europe/Berlin', '2026-10-31T23:00:00Z', '2026-11-01', '2026-10-26', '2026-11'],
  ['America/New_York', '2026-11-02T04:00:00Z', '2026-11-01', '2026-10-26', '2026-11'],
  ['America/New_York', '2026-11-02T05:00:00Z', '2026-11-02', '2026-11-02', '2026-11'],
  ['Pacific/Auckland', '2026-12-31T11:00:00Z', '2027-01-01', '2026-12-28', '2027-01'],
])(
  'in %s the hour %s is of day %s, of the week that begins on %s, and of month %s',
  (zone, hour, ...periods) => {
    const calendar = createCalendar(zone)
    const atMs = Date.parse(hour)
    const labels = (['day', 'week', 'month'] as const).map((period) => calendar.labelOf(atMs, period))
    expect(labels).toEqual(periods)
  },
)

test('a name that is no time zone is refused', () => {
  expect(() => createCalendar('Mars/Olympus')).toThrow(RangeError)
})
