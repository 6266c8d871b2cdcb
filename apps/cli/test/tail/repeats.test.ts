import { expect, test } from 'vitest'
import { createRepeats } from '../../src/tail/repeats.ts'

test('a line is a repeat when the same invocation showed the same line before', () => {
  const isRepeat = createRepeats()
  expect([
    isRepeat('a', 'x'),
    isRepeat('b', 'x'),
    isRepeat('a', 'x'),
    isRepeat('a', 'y'),
    isRepeat('a', 'x'),
  ]).toEqual([false, false, true, false, false])
})

test('what was shown long ago is forgotten', () => {
  const isRepeat = createRepeats()
  isRepeat('first', 'x')
  for (let index = 0; index < 10_000; index++) isRepeat(`other ${index}`, 'x')
  expect(isRepeat('first', 'x')).toBe(false)
})
