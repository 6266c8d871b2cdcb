import { NOW_MS } from '@skillwatch/testkit'
import { InvalidArgumentError } from 'commander'
import { expect, test } from 'vitest'
import { parseInstantOption } from '../src/instant.ts'

test.each([
  ['90m', '2026-11-22T10:30:00.000Z'],
  ['12h', '2026-11-22T00:00:00.000Z'],
  ['90d', '2026-08-24T12:00:00.000Z'],
  ['2w', '2026-11-08T12:00:00.000Z'],
  ['2026-11-01', '2026-11-01T00:00:00.000Z'],
  ['2026-11-01T02:00:00+02:00', '2026-11-01T00:00:00.000Z'],
])('%s means %s', (text, instant) => {
  expect(parseInstantOption(text, NOW_MS)).toBe(instant)
})

test.each(['', '90', '90 days', '-1d', '2026-02-30', '2026-11-01T02:00:00', '999999d', 'yesterday', '1.5h'])(
  '%j is refused with what was expected',
  (text) => {
    expect(() => parseInstantOption(text, NOW_MS)).toThrow(InvalidArgumentError)
    expect(() => parseInstantOption(text, NOW_MS)).toThrow(/Expected an age such as 90d/)
  },
)

test('of a text in another form only what was expected is said, of an instant out of range also why', () => {
  expect(() => parseInstantOption('yesterday', NOW_MS)).toThrow(/^Expected an age/)
  expect(() => parseInstantOption('999999d', NOW_MS)).toThrow(
    /^It is before 2000-01-01T00:00:00Z\. Expected/,
  )
})
