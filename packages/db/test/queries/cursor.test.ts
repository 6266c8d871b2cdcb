import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CursorError, decodeCursor, encodeCursor } from '../../src/queries/cursor.ts'

test('a cursor carries its values unchanged', async () => {
  await fc.assert(
    fc.property(fc.maxSafeInteger(), fc.string({ unit: 'grapheme', maxLength: 50 }), (number, text) => {
      const cursor = encodeCursor('list', [number, text])
      expect(cursor).toMatch(/^[\w-]+$/)
      expect(decodeCursor(cursor, 'list', ['integer', 'string'])).toEqual([number, text])
    }),
  )
})

test.each([
  ['a cursor of another list', encodeCursor('other', [1])],
  ['a cursor with too many values', encodeCursor('list', [1, 2])],
  ['a cursor with a value of another type', encodeCursor('list', ['1'])],
  ['a fraction', encodeCursor('list', [1.5])],
  ['text that is no base64', '💥'],
  ['base64 that is no JSON', Buffer.from('{').toString('base64url')],
  ['JSON that is no list', Buffer.from('{"__proto__":1}').toString('base64url')],
  ['an overlong text', 'A'.repeat(100_000)],
  ['nothing', ''],
])('%s is refused', (_, cursor) => {
  expect(() => decodeCursor(cursor, 'list', ['integer'])).toThrow(CursorError)
})
