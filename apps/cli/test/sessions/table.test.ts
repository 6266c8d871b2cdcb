import { expect, test } from 'vitest'
import { sessionLines } from '../../src/sessions/table.ts'
import { columns } from '../../src/text.ts'
import { aSession, NO_USAGE, someUsage } from './some-session.ts'

const plain = (_format: unknown, text: string) => text

const ROWS = [
  aSession(),
  aSession({
    session_id: 'ci',
    invocation_count: 12_345,
    running_count: 0,
    failed_count: 0,
    last_active_at: '2026-11-22T09:30:00.400Z',
    usage: NO_USAGE,
  }),
  aSession({
    session_id: 'evil\u001b[31m',
    usage: someUsage({ cost_usd: 2, cost_source: 'reported' }),
  }),
]

function lines(width: number, isFull = false, rows = ROWS) {
  return sessionLines(rows, { isFull, timeZone: 'UTC', width }, plain)
}

test('at 80 columns each session has one row with all columns', () => {
  expect(lines(80)).toEqual([
    'SESSION   STARTED             LASTED   CALLS  FAILED  RUNNING  TOKENS    COST',
    '3f2a9c11  2026-11-22 09:30  1 h 32 m      42       3        1   1.25M  ~$1.25',
    'ci        2026-11-22 09:30    400 ms  12,345       0        0       -       -',
    'evil�[31  2026-11-22 09:30  1 h 32 m      42       3        1   1.25M   $2.00',
    '',
    '~ estimated from prices per token.',
  ])
})

test('a narrow terminal shows fewer columns, and no row is wider than it', () => {
  expect(lines(50)[0]).toBe('SESSION   STARTED            CALLS  FAILED    COST')
  for (const line of lines(50).slice(0, 4)) expect(columns(line)).toBeLessThanOrEqual(50)
})

test('with whole ids no id is cut and no column is left out', () => {
  expect(lines(20, true)[1]).toMatch(
    /^3f2a9c11-77aa-4c1e-9d3e-0123456789ab {2}2026-11-22 09:30 .* ~\$1\.25$/,
  )
})

test('a note says how many responses no cost includes, and there is none when all are reported', () => {
  const [, , row] = ROWS
  expect(lines(80, false, [row!])).toHaveLength(2)
  const usage = someUsage({ cost_usd: null, cost_source: 'none', unpriced_responses: 1_200 })
  const unpriced = aSession({ usage })
  expect(lines(80, false, [unpriced]).slice(1)).toEqual([
    '3f2a9c11  2026-11-22 09:30  1 h 32 m     42       3        1   1.25M     -',
    '',
    'Responses without a price, which no cost includes: 1,200.',
  ])
})
