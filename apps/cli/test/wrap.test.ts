import { expect, test } from 'vitest'
import { wrapItems, wrapLine } from '../src/wrap.ts'

test('a line is broken at spaces, and a word that is longer than the width is cut', () => {
  expect(wrapLine('one two three four', 10)).toEqual(['one two', '  three', '  four'])
  expect(wrapLine('short', 10)).toEqual(['short'])
  expect(wrapLine('a a-very-long-word b', 10)).toEqual(['a', '  a-very-…'])
})

test('items have commas between them, and stay whole', () => {
  expect(wrapItems(['12 calls', '4 s', 'of 3 uses'], 14)).toEqual(['12 calls, 4 s,', 'of 3 uses'])
  expect(wrapItems([], 14)).toEqual([])
})
