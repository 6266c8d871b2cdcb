import { NOW_MS } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { skillRows } from '../../src/skills/rows.ts'
import { ORDERS, type Sort } from '../../src/skills/sort.ts'
import { usesTable } from '../../src/skills/uses-table.ts'
import { columns } from '../../src/text.ts'
import { someSums } from '../uses/some-uses.ts'

const plain = (_format: unknown, text: string) => text

const MUCH = {
  calls: 12_345,
  failed_calls: 2_345,
  rejected_calls: 12,
  work_ms: 1_234_567_890,
  responses: 5_000,
  input_tokens: 123_456_789,
  cost_usd: 1_234.5,
  cost_source: 'mixed',
} as const

function table(names: readonly string[], width: number, sort: Sort = 'uses'): string[] {
  const sums = names.map((skill_name, index) =>
    someSums(MUCH, { skill_name, uses: 1_000, uses_before: 0, kind: index === 0 ? 'skill' : 'command' }),
  )
  return usesTable(skillRows(sums), { by: undefined, sort, nowMs: NOW_MS, width }, plain)
}

test('the least important columns are left out first', () => {
  const headings = (width: number) => table(['a', 'b'], width)[0]!.split(/ {2,}/)
  expect(headings(160)).toEqual(
    [
      'SKILL',
      'KIND',
      'USES',
      'TREND',
      'CALLS',
      'FAILED',
      'FAILURE SHARE',
      'REFUSED',
      'TIME',
      'TOKENS',
    ].concat(['COST', 'INTERRUPTED', 'USED AGAIN', 'LAST USED']),
  )
  const last = (width: number) => table(['a', 'b'], width).find((line) => line.includes('SKILL'))!
  expect(last(72).trim().split(/ +/)).toEqual([
    'SKILL',
    'USES',
    'TREND',
    'CALLS',
    'SHARE',
    'TIME',
    'TOKENS',
    'COST',
  ])
  expect(last(42).trim().split(/ +/)).toEqual(['SKILL', 'USES', 'TREND', 'CALLS', 'COST'])
})

test('a name cannot send an escape sequence to the terminal', () => {
  expect(table(['\u001b[31mred'], 140).join('\n')).toContain('�[31mred')
})

test('no line is wider than the terminal, whatever rows are sorted by', () => {
  const sorts = fc.constantFrom(...(Object.keys(ORDERS) as Sort[]))
  const names = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), { minLength: 1 })
  fc.assert(
    fc.property(names, sorts, fc.integer({ min: 40, max: 200 }), (skills, sort, width) => {
      for (const line of table(skills, width, sort)) expect(columns(line)).toBeLessThanOrEqual(width)
    }),
    { numRuns: 200 },
  )
})
