import { expect, test } from 'vitest'
import { ago, bytes } from '../../src/doctor/units.ts'

test.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_024, '1.0 KiB'],
  [1.5 * 1024 ** 3, '1.5 GiB'],
  [1024 ** 5, '1024.0 TiB'],
])('%i bytes are shown as %s', (count, text) => {
  expect(bytes(count)).toBe(text)
})

test.each([
  [-5, '0 seconds ago'],
  [999, '0 seconds ago'],
  [1_000, '1 second ago'],
  [119_000, '1 minute ago'],
  [7_200_000, '2 hours ago'],
  [217 * 86_400_000, '217 days ago'],
])('%i ms is shown as %s', (ms, text) => {
  expect(ago(ms)).toBe(text)
})
