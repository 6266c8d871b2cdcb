import { expect, test } from 'vitest'
import { csvLine } from '../../src/csv.ts'
import { usageCsv } from '../../src/usage/csv.ts'
import { sumOf } from '../../src/usage/rows.ts'

test('a CSV has a header and one line for each group, and leaves unknown values empty', () => {
  const items = [
    { ...sumOf([]), day: '2026-11-21', repository: 'skillwatch', responses: 2, input_tokens: 1_234 },
    {
      ...sumOf([]),
      day: '2026-11-22',
      repository: null,
      responses: 1,
      cost_usd: 0.25,
      cost_source: 'estimated' as const,
    },
  ]
  expect(usageCsv(items, ['day', 'repository']).split('\r\n')).toEqual([
    'day,repository,responses,input_tokens,output_tokens,cache_creation_tokens,cache_read_tokens,' +
      'cost_usd,cost_source,unpriced_responses',
    '2026-11-21,skillwatch,2,1234,0,0,0,,none,0',
    '2026-11-22,,1,0,0,0,0,0.25,estimated,0',
    '',
  ])
})

test('a field with a comma or a quote is quoted, and its quotes are doubled', () => {
  expect(csvLine(['a,b', 'say "hi"', 'plain text', 1.5])).toBe('"a,b","say ""hi""",plain text,1.5\r\n')
})

test('a name in a CSV can neither break its line nor send an escape sequence to the terminal', () => {
  expect(csvLine(['a\r\nb', '\u001b[31mred'])).toBe('a��b,�[31mred\r\n')
})
