import fc from 'fast-check'
import { expect, test } from 'vitest'
import { windowParts } from '../../src/queries/window-parts.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

test('the parts of a window cover it to the minute without overlap, with whole hours in the middle', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2100, 0, 1) }),
      fc.constantFrom(1, 60, 1_440),
      (nowMs, minutes) => {
        const { leadingMinutes, hours, trailingMinutes } = windowParts(minutes, nowMs)
        expect(trailingMinutes[1] - leadingMinutes[0]).toBe(minutes * MINUTE_MS)
        expect([leadingMinutes[1], hours[1]]).toEqual([hours[0], trailingMinutes[0]])
        expect(trailingMinutes[1]).toBe(Math.floor(nowMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS)
        for (const [from, to] of [leadingMinutes, hours, trailingMinutes])
          expect(to).toBeGreaterThanOrEqual(from)
        if (hours[0] !== hours[1]) expect([hours[0] % HOUR_MS, hours[1] % HOUR_MS]).toEqual([0, 0])
        const minutesRead =
          (leadingMinutes[1] - leadingMinutes[0] + trailingMinutes[1] - trailingMinutes[0]) / MINUTE_MS
        expect(minutesRead).toBeLessThan(121)
      },
    ),
  )
})
