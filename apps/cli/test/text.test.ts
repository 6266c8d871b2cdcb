import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columns, cut, fit, printable, table, wrap, wrapItems } from '../src/text.ts'

describe('printable', () => {
  test('an escape sequence loses its escape character', () => {
    expect(printable('\u001b[2J\u001b]0;title\u0007x')).toBe('�[2J�]0;title�x')
  })

  test('characters that turn the direction of writing, line breaks and lone surrogates are replaced', () => {
    expect(printable('a\u202eb\nc\r\u2028d\ud800e\u009b')).toBe('a�b�c��d�e�')
  })

  test('of all characters of Unicode none is kept that a terminal could obey', () => {
    const obeyed = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
    const kept: number[] = []
    for (let code = 0; code <= 0x10ffff; code++)
      if (obeyed.test(printable(String.fromCodePoint(code)))) kept.push(code)
    expect(kept).toEqual([])
  })
})

describe('fit', () => {
  test('a short text is filled up and a long one cut with an ellipsis', () => {
    expect(fit('pdf', 5)).toBe('pdf  ')
    expect(fit('pdf-fill', 5)).toBe('pdf-…')
  })

  test.each(['', 'pdf', 'a much longer name', '日本語の名前', 'e\u0301e\u0301e\u0301', '🙂🙂🙂', 'a日b本c'])(
    '%j takes exactly the columns it is given',
    (text) => {
      for (let width = 1; width <= 20; width++) expect(columns(fit(text, width))).toBe(width)
    },
  )

  test('any text takes exactly the columns it is given', () => {
    const anyText = fc.string({ unit: 'grapheme', maxLength: 30 })
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 20 }), (text, width) => {
        expect(columns(fit(printable(text), width))).toBe(width)
      }),
      { numRuns: 2_000 },
    )
    // cli-truncate makes it 15 columns wide.
    const clusters = '\u{12021}\u{10b04}\u{12120}\u05e0\u3072\u309a\ua21c\u1d2a\ua3da\u{1d9eb}\u{1230a}'
    expect(columns(fit(clusters, 13))).toBe(13)
  })

  test('wide characters count twice and marks not at all', () => {
    expect(columns('日本')).toBe(4)
    expect(columns('e\u0301')).toBe(1)
  })
})

test('cutting a coloured text keeps its colours and ends them', () => {
  expect(cut('\u001b[31mpdf-fill\u001b[39m', 5)).toBe('\u001b[31mpdf-…\u001b[39m')
  expect(cut('\u001b[31mpdf\u001b[39m', 5)).toBe('\u001b[31mpdf\u001b[39m')
})

describe('wrap', () => {
  test('a text is broken at spaces, and lines after the first are indented', () => {
    expect(wrap('one two three four', 10, '  ')).toEqual(['one two', '  three', '  four'])
    expect(wrap('one two', 10, '  ')).toEqual(['one two'])
  })

  test('a word that is wider than a line is broken, also between wide characters', () => {
    expect(wrap('日本語の名前', 5)).toEqual(['日本', '語の', '名前'])
  })

  test('items stay whole, with commas at the ends of lines', () => {
    expect(wrapItems(['1 tool', '2 skills', '3 agents'], 17)).toEqual(['1 tool, 2 skills,', '3 agents'])
    expect(wrapItems([], 17)).toEqual([])
  })
})

test('a table gives every column the width of its widest cell', () => {
  expect(
    table([
      ['ID', 'NAME'],
      ['4f1c', 'x'],
    ]),
  ).toEqual(['ID    NAME', '4f1c  x'])
})
