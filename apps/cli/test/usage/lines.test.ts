import type { UsageItem, UsageReply } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import { type UsageView, usageLines } from '../../src/usage/lines.ts'
import { sumOf } from '../../src/usage/rows.ts'

const plain = (_format: unknown, text: string) => text

const VIEW: UsageView = {
  period: 'daily',
  groups: ['day', 'model'],
  timeZone: 'Europe/Berlin',
  isDefaultWindow: true,
}

/** An item from its counts: responses, input, output, cache write, cache read. */
function anItem(
  day: string,
  model: string | null,
  counts: readonly [number, number, number, number, number],
  cost: Partial<UsageItem>,
): UsageItem {
  const [responses, input_tokens, output_tokens, cache_creation_tokens, cache_read_tokens] = counts
  const tokens = { input_tokens, output_tokens, cache_creation_tokens, cache_read_tokens }
  return { ...sumOf([]), day, model, responses, ...tokens, ...cost }
}

function aReply(items: UsageItem[]): UsageReply {
  return {
    since: '2026-10-23T10:00:00.000Z',
    until: '2026-11-22T11:00:00.000Z',
    time_zone: 'Europe/Berlin',
    by: ['day', 'model'],
    items,
    totals: sumOf(items),
  }
}

const REPORTED = { cost_source: 'reported' } as const
const ITEMS = [
  anItem('2026-11-21', 'claude-haiku-4-5', [12, 840, 9_120, 45_300, 512_000], {
    cost_usd: 0.42,
    ...REPORTED,
  }),
  anItem('2026-11-21', 'claude-opus-4-5', [1_204, 12_345, 402_117, 4_560_000, 1_200_000_000], {
    cost_usd: 1_211.5,
    ...REPORTED,
  }),
  anItem('2026-11-22', null, [3, 100, 200, 0, 0], { unpriced_responses: 3 }),
  anItem('2026-11-22', 'claude-haiku-4-5', [1, 8, 40, 0, 5_000], {
    cost_usd: 0.0042,
    cost_source: 'estimated',
  }),
]

test('at 80 columns numbers are abbreviated and headings take two lines', () => {
  expect(`${usageLines(aReply(ITEMS), VIEW, 80, plain).join('\n')}\n`).toBe(`\
Usage by day and model over 30 days (default of --since)
2026-10-23 12:00 to 2026-11-22 12:00, Europe/Berlin

                                                CACHE  CACHE
DAY/MODEL             RESPONSES  INPUT  OUTPUT  WRITE   READ        COST
2026-11-21                1.22K  13.2K    411K  4.61M  1.20B   $1,211.92
  - claude-haiku-4-5         12    840   9.12K  45.3K   512K       $0.42
  - claude-opus-4-5       1.20K  12.3K    402K  4.56M  1.20B   $1,211.50
2026-11-22                    4    108     240      0  5.00K    ~$0.0042
  - unknown                   3    100     200      0      0           -
  - claude-haiku-4-5          1      8      40      0  5.00K    ~$0.0042
TOTAL                     1.22K  13.3K    411K  4.61M  1.20B  ~$1,211.92

~ estimated from prices per token.
3 responses have no price; their cost is not in the sums.
`)
})

test('at 140 columns numbers are exact and the sum of all tokens is shown', () => {
  expect(`${usageLines(aReply(ITEMS), VIEW, 140, plain).slice(3, -3).join('\n')}\n`).toBe(`\
DAY/MODEL             RESPONSES   INPUT   OUTPUT  CACHE WRITE     CACHE READ   TOTAL TOKENS        COST
2026-11-21                1,216  13,185  411,237    4,605,300  1,200,512,000  1,205,541,722   $1,211.92
  - claude-haiku-4-5         12     840    9,120       45,300        512,000        567,260       $0.42
  - claude-opus-4-5       1,204  12,345  402,117    4,560,000  1,200,000,000  1,204,974,462   $1,211.50
2026-11-22                    4     108      240            0          5,000          5,348    ~$0.0042
  - unknown                   3     100      200            0              0            300           -
  - claude-haiku-4-5          1       8       40            0          5,000          5,048    ~$0.0042
TOTAL                     1,220  13,293  411,477    4,605,300  1,200,517,000  1,205,547,070  ~$1,211.92
`)
})

test('costs that are all reported need no note, and one response without a price is one', () => {
  const [reported] = ITEMS
  expect(usageLines(aReply([reported!]), VIEW, 80, plain).at(-1)).toMatch(/^TOTAL /)
  const unpriced = { ...reported!, unpriced_responses: 1 }
  expect(usageLines(aReply([unpriced]), VIEW, 80, plain).slice(-2)).toEqual([
    '',
    '1 response has no price; its cost is not in the sums.',
  ])
})

test('the heading names the groups, and the default of the window only where it was used', () => {
  const headingOf = (view: Partial<UsageView>) =>
    usageLines(aReply(ITEMS), { ...VIEW, ...view }, 80, plain)[0]
  expect(headingOf({ period: 'weekly', groups: ['week', 'branch'] })).toBe(
    'Usage by week and branch over 12 weeks (default of --since)',
  )
  expect(headingOf({ isDefaultWindow: false })).toBe('Usage by day and model')
})

test('headings are bold', () => {
  const bold = (format: unknown, text: string) => `${format}:${text.trim()}`
  const lines = usageLines(aReply(ITEMS), VIEW, 140, bold)
  expect(lines.filter((line) => line.startsWith('bold:'))).toEqual([
    'bold:Usage by day and model over 30 days (default of --since)',
    expect.stringMatching(/^bold:DAY\/MODEL +RESPONSES /),
  ])
})

test('no name can send an escape sequence to the terminal', () => {
  const items = [anItem('2026-11-21', '\u001b[2J\u202e', [1, 0, 0, 0, 0], {})]
  const lines = usageLines(aReply(items), VIEW, 80, plain)
  expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
})
