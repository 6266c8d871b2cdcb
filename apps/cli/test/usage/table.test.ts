import { expect, test } from 'vitest'
import { columns } from '../../src/text.ts'
import { sumOf, type UsageRow } from '../../src/usage/rows.ts'
import { usageTable } from '../../src/usage/table.ts'

function aRow(name: string, sums: Partial<UsageRow['sums']> = {}): UsageRow {
  return { name, sums: { ...sumOf([]), ...sums } }
}

const LARGE = {
  responses: 12_345_678,
  input_tokens: 123_456_789,
  output_tokens: 98_765_432,
  cache_creation_tokens: 1_234_567_890,
  cache_read_tokens: 98_765_432_109,
  cost_usd: 123_456.78,
  cost_source: 'mixed',
} as const

test.each([
  'claude-haiku-4-5-20251001',
  'a name that is longer than every terminal '.repeat(10),
  '日本語の名前'.repeat(20),
])('no line is longer than the terminal, with a model of the name %s', (name) => {
  const rows = [aRow('2026-11-22', LARGE), aRow(`  - ${name}`, LARGE), aRow('TOTAL', LARGE)]
  for (let width = 20; width <= 200; width += 9) {
    const { head, body } = usageTable('DAY/MODEL', rows, width)
    expect(Math.max(...[...head, ...body].map(columns))).toBeLessThanOrEqual(width)
  }
})

test('a name is cut where the numbers leave too little width', () => {
  const { body } = usageTable('DAY/MODEL', [aRow('  - claude-sonnet-4-5-20250929-preview', LARGE)], 80)
  expect(body).toEqual(['  - claude-sonnet-4-5-202…      12.3M   123M   98.8M  1.23B  98.8B  ~$123,456.78'])
})

test('below 100 columns numbers are abbreviated, from 100 columns on they are exact if they fit', () => {
  const headAt = (width: number, row: UsageRow) => usageTable('DAY/MODEL', [row], width).head
  const [small, large] = [aRow('  - claude-opus-4-5'), aRow('  - claude-opus-4-5', LARGE)]
  expect(headAt(99, small)).toEqual([
    'DAY/MODEL            RESPONSES  INPUT  OUTPUT  CACHE WRITE  CACHE READ  COST',
  ])
  expect(headAt(100, small)).toEqual([
    'DAY/MODEL            RESPONSES  INPUT  OUTPUT  CACHE WRITE  CACHE READ  TOTAL TOKENS  COST',
  ])
  expect(usageTable('DAY/MODEL', [large], 100).body[0]).toContain('  12.3M   123M   98.8M  ')
})

test('a narrow terminal gets fewer columns, so that names stay readable, and always the cost', () => {
  const rows = [aRow('x'.repeat(30), LARGE)]
  expect(usageTable('DAY/MODEL', rows, 60)).toEqual({
    head: ['DAY/MODEL             RESPONSES  INPUT  OUTPUT          COST'],
    body: ['xxxxxxxxxxxxxxxxxxx…      12.3M   123M   98.8M  ~$123,456.78'],
  })
  expect(usageTable('DAY/MODEL', rows, 59)).toEqual({
    head: ['DAY/MODEL                       INPUT  OUTPUT          COST'],
    body: ['xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx   123M   98.8M  ~$123,456.78'],
  })
  expect(usageTable('DAY/MODEL', rows, 40)).toEqual({
    head: ['DAY/MODEL                           COST'],
    body: ['xxxxxxxxxxxxxxxxxxxxxxxxx…  ~$123,456.78'],
  })
})
