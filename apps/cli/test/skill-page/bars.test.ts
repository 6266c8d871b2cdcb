import { expect, test } from 'vitest'
import { barsText, useBars } from '../../src/skill-page/bars.ts'

function bars(since: string, until: string, room: number, uses: Record<string, number>, timeZone = 'UTC') {
  const byDay = Object.entries(uses).map(([day, count]) => ({ day, uses: count }))
  const span = { sinceMs: Date.parse(since), untilMs: Date.parse(until) }
  return useBars(byDay, { span, timeZone, room })
}

test('each day of the window has a bar; one without uses has a dot', () => {
  const shown = bars('2026-11-01T00:00Z', '2026-11-06T00:00Z', 10, {
    '2026-11-02': 1,
    '2026-11-03': 8,
    '2026-11-05': 16,
  })
  expect(shown.unit).toBe('day')
  expect(shown.periods.map(({ name }) => name)).toEqual([1, 2, 3, 4, 5].map((day) => `2026-11-0${day}`))
  expect(barsText(shown)).toBe('·▁▄·█')
})

test('the days are those of the time zone', () => {
  const shown = bars('2026-11-01T00:00Z', '2026-11-02T00:00Z', 10, { '2026-10-31': 1 }, 'America/New_York')
  expect(shown.periods).toEqual([
    { name: '2026-10-31', uses: 1 },
    { name: '2026-11-01', uses: 0 },
  ])
})

test('where days do not fit, weeks are shown from Monday, else months, of which the last ones stay', () => {
  const uses = { '2026-10-05': 2, '2026-10-11': 3, '2026-11-22': 1 }
  const [since, until] = ['2026-10-05T00:00Z', '2026-11-23T00:00Z'] as const
  const weeks = bars(since, until, 10, uses)
  expect([weeks.unit, barsText(weeks)]).toEqual(['week', '█·····▂'])
  expect(weeks.periods[0]).toEqual({ name: '2026-10-05', uses: 5 })
  const months = bars(since, until, 2, uses)
  expect(months.periods).toEqual([
    { name: '2026-10', uses: 5 },
    { name: '2026-11', uses: 1 },
  ])
  expect(bars(since, until, 1, uses).periods).toEqual([{ name: '2026-11', uses: 1 }])
})
