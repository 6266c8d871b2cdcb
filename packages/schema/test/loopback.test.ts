import { expect, test } from 'vitest'
import { isLoopback } from '../src/loopback.ts'

test.each(['127.0.0.1', '127.8.8.8', 'localhost', '::1', '[::1]'])('%s is a loopback address', (host) => {
  expect(isLoopback(host)).toBe(true)
})

test.each(['0.0.0.0', '::', '10.0.0.1', '127.evil.example', '127.0.0.256', 'localhost.example', ''])(
  '%j is not a loopback address',
  (host) => expect(isLoopback(host)).toBe(false),
)
