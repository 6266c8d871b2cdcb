import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { note } from '../src/context.ts'
import { noteLines } from '../src/note-lines.ts'

test('a note is broken at spaces; its own line breaks and indents stay', () => {
  expect(noteLines('one two three four', 9)).toEqual(['one two', 'three', 'four'])
  expect(noteLines('title:\n  one two\nend', 9)).toEqual(['title:', '  one two', 'end'])
  expect(noteLines('one two three four', Number.POSITIVE_INFINITY)).toEqual(['one two three four'])
  expect(noteLines('', 9)).toEqual([''])
})

test('a command in backticks is never broken, as a person copies it', () => {
  expect(noteLines('run `a b c d` (`e f`).', 8)).toEqual(['run', '`a b c d`', '(`e f`).'])
  expect(noteLines('a lonely ` is a word', 9)).toEqual(['a lonely', '` is a', 'word'])
})

test('colours take no width, and a word wider than the line is left to the terminal', () => {
  expect(noteLines('\u001b[31merror:\u001b[39m no', 9)).toEqual(['\u001b[31merror:\u001b[39m no'])
  expect(noteLines('see /a/very/long/path now', 8)).toEqual(['see', '/a/very/long/path', 'now'])
})

test.each([
  ['on a terminal', { isTTY: true as const, columns: 8 }, 'one two\nthree\n'],
  ['elsewhere', {}, 'one two three\n'],
])('%s a note has lines of its width', (_, terminal, written) => {
  const stderr = Object.assign(new PassThrough(), terminal)
  note({ stderr }, 'one two three')
  expect(stderr.read().toString()).toBe(written)
})
