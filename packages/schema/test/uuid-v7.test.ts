import { expect, test } from 'vitest'
import { uuidV7 } from '../src/uuid-v7.ts'

test('an id has the form of a UUIDv7, begins with its time, and is never made twice', () => {
  // The example of RFC 9562 appendix A.6: 017F22E2-79B0-7CC3-98C4-DC0C0C07398F at 1645557742000 ms.
  expect(uuidV7(1_645_557_742_000)).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  const ids = Array.from({ length: 1_000 }, () => uuidV7(5))
  expect(new Set(ids).size).toBe(1_000)
})
