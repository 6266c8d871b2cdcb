import { expect, test } from 'vitest'
import { largestBodyBytes } from '../../src/routes/limit-bodies.ts'

test.each([
  [{ 'content-length': '400' }, 400],
  [{ 'content-length': '4000000' }, 1_000_000],
  [{ 'content-length': '100', 'content-encoding': 'gzip' }, 103_200],
  [{ 'content-length': '100000', 'content-encoding': 'gzip' }, 1_000_000],
  [{ 'transfer-encoding': 'chunked' }, 1_000_000],
])('a body announced by %j takes at most %d bytes', (headers, bytes) => {
  expect(largestBodyBytes(headers, 1_000_000)).toBe(bytes)
})
