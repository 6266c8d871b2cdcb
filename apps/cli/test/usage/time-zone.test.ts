import { expect, test } from 'vitest'
import { localMinute, machineTimeZone, parseTimeZone } from '../../src/usage/time-zone.ts'

test.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'])('%s is a time zone', (name) => {
  expect(parseTimeZone(name)).toBe(name)
})

test.each(['', 'Mars/Olympus', '+02:00', 'Europe/Berlin; drop'])('%j is no time zone', (name) => {
  expect(() => parseTimeZone(name)).toThrow('Expected the IANA name of a time zone')
})

test('the time zone of the machine has a name', () => {
  expect(parseTimeZone(machineTimeZone())).toBe(machineTimeZone())
})

test('an instant is shown as day and minute of the time zone', () => {
  expect(localMinute('2026-11-22T23:30:59.999Z', 'UTC')).toBe('2026-11-22 23:30')
  expect(localMinute('2026-11-22T23:30:00.000Z', 'Asia/Tokyo')).toBe('2026-11-23 08:30')
})
