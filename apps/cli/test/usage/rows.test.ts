import type { UsageItem } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import { sumOf, usageRows } from '../../src/usage/rows.ts'

function anItem(overrides: Partial<UsageItem>): UsageItem {
  return { ...sumOf([]), responses: 1, ...overrides }
}

test('a period has the sums of its groups, which follow it, and the totals are those of the answer', () => {
  const monday = anItem({
    week: '2026-11-16',
    model: 'opus',
    responses: 3,
    input_tokens: 10,
    output_tokens: 20,
    cache_read_tokens: 30,
    cache_creation_tokens: 40,
    cost_usd: 1.5,
    cost_source: 'reported',
  })
  const items = [
    monday,
    { ...monday, model: null, cost_usd: null, cost_source: 'none' as const, unpriced_responses: 3 },
    anItem({ week: '2026-11-23', model: 'opus' }),
  ]
  const totals = { ...sumOf([]), responses: 99 }
  const rows = usageRows({ items, totals }, ['week', 'model'])
  expect(rows.map(({ name, sums }) => `${name}: ${sums.responses}`)).toEqual([
    '2026-11-16: 6',
    '  - opus: 3',
    '  - unknown: 3',
    '2026-11-23: 1',
    '  - opus: 1',
    'TOTAL: 99',
  ])
  expect(rows[0]!.sums).toEqual({
    calls: 0,
    failed_calls: 0,
    responses: 6,
    input_tokens: 20,
    output_tokens: 40,
    cache_read_tokens: 60,
    cache_creation_tokens: 80,
    cost_usd: 1.5,
    cost_source: 'reported',
    unpriced_responses: 3,
  })
})

test.each([
  [['none', 'none'], 'none'],
  [['none', 'reported'], 'reported'],
  [['estimated', 'none'], 'estimated'],
  [['estimated', 'estimated'], 'estimated'],
  [['reported', 'none', 'estimated'], 'mixed'],
  [['mixed', 'reported'], 'mixed'],
] as const)('costs from %j together are %s', (sources, source) => {
  expect(sumOf(sources.map((cost_source) => anItem({ cost_source }))).cost_source).toBe(source)
})

test('the cost of groups without a known cost is unknown, and does not hide the cost of others', () => {
  const [unknown, known] = [anItem({ cost_usd: null }), anItem({ cost_usd: 2 })]
  expect(sumOf([unknown, unknown]).cost_usd).toBeNull()
  expect(sumOf([unknown, known, unknown, known]).cost_usd).toBe(4)
})

test('sessions whose names look alike after control characters are replaced stay apart', () => {
  const items = [anItem({ session: 'a\u0007' }), anItem({ session: 'a\u001b' })]
  const rows = usageRows({ items, totals: sumOf(items) }, ['session', 'agent'])
  expect(rows.map(({ name }) => name)).toEqual(['a�', '  - unknown', 'a�', '  - unknown', 'TOTAL'])
})
