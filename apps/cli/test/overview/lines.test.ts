import type { Overview } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import { overviewLines } from '../../src/overview/lines.ts'
import { someSums } from '../uses/some-uses.ts'

const plain = (_: unknown, text: string) => text
const counts = {
  running_count: 0,
  completed_count: 0,
  failed_count: 0,
  rejected_count: 0,
  abandoned_count: 0,
}

const OVERVIEW: Overview = {
  since: '2026-11-15T12:00:00.000Z',
  until: '2026-11-22T12:00:00.000Z',
  session_count: 12,
  kinds: [
    { kind: 'tool', ...counts, invocation_count: 4_321, failed_count: 60, running_count: 2 },
    { kind: 'skill', ...counts, invocation_count: 40, failed_count: 3, rejected_count: 1 },
  ],
  skills: [
    { kind: 'skill', skill_name: 'pdf-fill', ...counts, invocation_count: 30, failed_count: 3 },
    { kind: 'agent', skill_name: 'code-review', ...counts, invocation_count: 1 },
  ],
  usage: {
    calls: 0,
    failed_calls: 0,
    responses: 900,
    input_tokens: 1_000,
    output_tokens: 100_000,
    cache_read_tokens: 2_000_000,
    cache_creation_tokens: 0,
    cost_usd: 12.5,
    cost_source: 'estimated',
    unpriced_responses: 0,
  },
  last_invoked_at: '2026-11-22T11:00:00.000Z',
}

const USES = [
  someSums(
    { calls: 412, failed_calls: 9, work_ms: 4_320_000, cost_usd: 3.5, cost_source: 'estimated' },
    { uses: 28 },
  ),
  someSums({ calls: 7 }, { kind: 'agent', skill_name: 'explore' }),
]

function lines(width: number): string[] {
  return overviewLines(OVERVIEW, USES, { width, paint: plain })
}

test('the overview fits ten lines of 80 columns; without derived uses a skill has its calls', () => {
  expect(lines(80)).toEqual([
    'Since 2026-11-15 12:00 UTC',
    '12 sessions, 4.36K calls: 4.32K tools, 40 skills',
    '63 failed, 1 refused, 2 still running',
    '900 responses of models, 2.10M tokens, cost ~$12.50',
    '',
    'Most used skills, commands and agents',
    '  pdf-fill     skill    28 uses, 412 calls (9 failed), 1 h 12 m, ~$3.50',
    '  code-review  agent    1 call',
  ])
})

test('no line is wider than the terminal', () => {
  for (const width of [10, 20, 40])
    for (const line of lines(width)) expect(line.length).toBeLessThanOrEqual(width)
})
