import type { Invocation, Turn, Use } from '@skillwatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { turnBlocks } from '../../src/show/blocks.ts'
import { timelineLines } from '../../src/show/timeline.ts'
import { callTree } from '../../src/show/tree.ts'
import { columns } from '../../src/text.ts'
import { aTurn, aUse, someWork } from '../uses/some-uses.ts'
import { aCall } from './a-call.ts'

const plain = (_format: unknown, text: string) => text

function lines(
  calls: readonly Invocation[],
  { isFull = false, width = 80, turns = [] as Turn[], uses = [] as Use[] } = {},
): string[] {
  const blocks = turnBlocks(callTree(calls), turns)
  const view = { isFull, width, timeZone: 'UTC', uses: new Map(uses.map((use) => [use.use_id, use])) }
  return timelineLines(blocks, view, plain)
}

/** The time of a call that began `second` seconds after the first. */
function at(second: number): string {
  return aCall('', second).invoked_at.slice(11, 19)
}

const CALLS = [
  aCall('skill', 0, { kind: 'skill', skill_name: 'pdf-fill', execution_ms: 31_500 }),
  aCall('read-1', 1, { parent_invocation_id: 'skill' }),
  aCall('read-2', 2, { parent_invocation_id: 'skill' }),
  aCall('read-3', 3, { parent_invocation_id: 'skill' }),
  aCall('read-4', 4, { parent_invocation_id: 'skill' }),
  aCall('agent', 5, {
    kind: 'agent',
    skill_name: 'Explore',
    parent_invocation_id: 'skill',
    outcome: 'running',
    execution_ms: undefined,
  }),
  aCall('bash', 6, {
    skill_name: 'Bash',
    parent_invocation_id: 'agent',
    outcome: 'failed',
    execution_ms: undefined,
    elapsed_ms: 12_000,
    error_type: 'http_403',
  }),
  aCall('edit', 7, { skill_name: 'Edit', parent_invocation_id: 'skill', outcome: 'rejected' }),
  aCall('command', 8, { kind: 'command', skill_name: 'commit', outcome: 'abandoned' }),
]

test('at 80 columns calls are beneath their parents, with outcome, duration and error in columns', () => {
  expect(lines(CALLS)).toEqual([
    `${at(0)}  skill pdf-fill    ✔    31.5 s`,
    `${at(1)}  ├─ tool Read ×4   ✔     1.2 s`,
    `${at(5)}  ├─ agent Explore  …`,
    `${at(6)}  │  └─ tool Bash   ✘  ≤ 12.0 s  http_403`,
    `${at(7)}  └─ tool Edit      ⊘    300 ms`,
    `${at(8)}  command commit    ∅    300 ms`,
  ])
})

test('with --full no call is folded', () => {
  expect(lines(CALLS, { isFull: true })).toHaveLength(CALLS.length)
})

test('a run of 3 equal calls is not folded, and one of 4 is', () => {
  const reads = [1, 2, 3, 4].map((second) => aCall(String(second), second))
  expect(lines(reads.slice(1))).toHaveLength(3)
  expect(lines(reads)).toHaveLength(1)
})

test.each([
  ['another kind', { kind: 'mcp' as const }],
  ['another name', { skill_name: 'Grep' }],
  ['another outcome', { outcome: 'failed' as const }],
  ['another parent', { parent_invocation_id: 'elsewhere' }],
])('a call with %s divides a run', (_, more) => {
  const calls = [1, 2, 3, 4, 5].map((second) => aCall(String(second), second, second === 3 ? more : {}))
  expect(lines(calls)).toHaveLength(5)
})

test('a call that made others is never folded', () => {
  const calls = [1, 2, 3, 4, 5].map((second) => aCall(String(second), second))
  expect(lines([...calls, aCall('child', 6, { parent_invocation_id: '3' })])).toHaveLength(6)
})

test('a folded line adds durations, as an upper bound if one is, and names each error once', () => {
  const more = [
    { error_type: 'http_403' },
    { error_type: 'timeout' },
    { error_type: 'http_403', execution_ms: undefined, elapsed_ms: 2_000 },
    { execution_ms: undefined },
  ]
  const calls = more.map((each, second) => aCall(String(second), second, { outcome: 'failed', ...each }))
  expect(lines(calls)).toEqual([`${at(0)}  tool Read ×4  ✘  ≤ 2.6 s  http_403, timeout`])
})

test('when calls are of several days, the date is above the first of each day', () => {
  const days = [0, 1, 2 * 86_400].map((second) => aCall(String(second), second, { skill_name: 'Bash' }))
  expect(lines(days)).toEqual([
    '2026-11-22',
    '09:30:00  tool Bash  ✔  300 ms',
    '09:30:01  tool Bash  ✔  300 ms',
    '2026-11-24',
    '09:30:00  tool Bash  ✔  300 ms',
  ])
})

test('a long name is cut before its number of calls and its duration', () => {
  const calls = [1, 2, 3, 4].map((second) => aCall(String(second), second, { skill_name: 'x'.repeat(200) }))
  expect(lines(calls)).toEqual([`${at(1)}  tool ${'x'.repeat(51)}… ×4  ✔  1.2 s`])
})

const WORK = someWork({
  calls: 2,
  failed_calls: 1,
  responses: 3,
  output_tokens: 96_000,
  cost_usd: 0.05,
  cost_source: 'estimated',
})

test('the calls of a turn are beneath it; turns and uses have what they caused', () => {
  const turn = aTurn({ ...WORK, calls: 3, cost_usd: 0.07 })
  const calls = [
    aCall('skill', 1, { kind: 'skill', skill_name: 'pdf-fill', prompt_id: 'prompt' }),
    aCall('read', 2, { prompt_id: 'prompt' }),
    aCall('bash', 3, {
      skill_name: 'Bash',
      prompt_id: 'prompt',
      outcome: 'failed',
      error_type: 'tool_error',
    }),
    aCall('clear', 40, { kind: 'command', skill_name: 'clear' }),
  ]
  expect(lines(calls, { turns: [turn], uses: [aUse(WORK, { use_id: 'skill' })] })).toEqual([
    'TIME      TURN, CALL                     DURATION  CALLS  ✘  TOKENS    COST',
    '09:30:00  turn 1, until the next one       30.0 s      3  1   96.0K  ~$0.07',
    '09:30:01  ├─ skill pdf-fill           ✔    300 ms      2  1   96.0K  ~$0.05',
    '09:30:02  ├─ tool Read                ✔    300 ms',
    '09:30:03  └─ tool Bash                ✘    300 ms  tool_error',
    '09:30:40  command clear               ✔    300 ms',
  ])
})

test('an error that the work before it leaves no room is on a line of its own, not cut', () => {
  const calls = [
    aCall('agent', 1, { kind: 'agent', skill_name: 'Explore' }),
    aCall('skill', 2, {
      kind: 'skill',
      skill_name: 'pdf-fill',
      parent_invocation_id: 'agent',
      outcome: 'failed',
      error_type: 'exit_code_1',
    }),
    aCall('read', 3, { parent_invocation_id: 'agent' }),
  ]
  const uses = ['agent', 'skill'].map((use_id) => aUse(WORK, { use_id }))
  expect(lines(calls, { width: 70, uses })).toEqual([
    'TIME      TURN, CALL            DURATION  CALLS  ✘  TOKENS    COST',
    '09:30:01  agent Explore      ✔    300 ms      2  1   96.0K  ~$0.05',
    '09:30:02  ├─ skill pdf-fill  ✘    300 ms      2  1   96.0K  ~$0.05',
    '          │                               exit_code_1',
    '09:30:03  └─ tool Read       ✔    300 ms',
  ])
  expect(lines(calls, { width: 80, uses })[2]).toMatch(/~\$0\.05 {2}exit_code_1$/)
})

test.each([
  ['session_end', 'turn 1, until session end'],
  ['interruption', 'turn 1, interrupted'],
  ['silence', 'turn 1, until silence'],
  [null, 'turn 1, not over'],
] as const)('a turn that ended by %s is shown as `%s`', (ended_by, text) => {
  expect(lines([], { turns: [aTurn({ ended_by })] })[1]).toContain(` ${text} `)
})

test('a folded line of uses adds what they caused, and a use inside another of them counts once', () => {
  const ids = ['a', 'b', 'c', 'd']
  const calls = ids.map((id, second) => aCall(id, second, { kind: 'agent', skill_name: 'explore' }))
  const uses = ids.map((use_id) => aUse(WORK, { use_id, parent_use_id: use_id === 'd' ? 'a' : null }))
  expect(lines(calls, { uses })[1]).toBe('09:30:00  agent explore ×4  ✔     1.2 s      6  3    288K  ~$0.15')
})

test('with too little width the columns of tokens, failed calls and calls are left out first', () => {
  const calls = [aCall('skill', 1, { kind: 'skill', skill_name: 'a-skill-with-a-long-name' })]
  const heads = [77, 69, 66, 59].map(
    (width) => lines(calls, { width, uses: [aUse(WORK, { use_id: 'skill' })] })[0]!,
  )
  expect(heads.map((head) => head.split(/ {2,}/).slice(2).join(' '))).toEqual([
    'DURATION CALLS ✘ TOKENS COST',
    'DURATION CALLS ✘ COST',
    'DURATION CALLS COST',
    'DURATION COST',
  ])
})

test('of a deep tree the nearest levels are drawn', () => {
  const calls = Array.from({ length: 30 }, (_, index) =>
    aCall(String(index), index, { parent_invocation_id: String(index - 1) }),
  )
  expect(lines(calls).slice(0, 3)).toEqual([
    expect.stringContaining(`${at(0)}  tool Read `),
    expect.stringContaining(`${at(1)}  └─ tool Read `),
    expect.stringContaining(`${at(2)}     └─ tool Read `),
  ])
  expect(lines(calls).at(-1)).toMatch(/^\d\d:\d\d:29 {2}… {20}└─ tool Read {2}✔/)
})

test('a chain of 20,000 calls is shown', () => {
  const calls = Array.from({ length: 20_000 }, (_, index) =>
    aCall(String(index), index, { parent_invocation_id: String(index - 1) }),
  )
  expect(lines(calls)).toHaveLength(20_000)
})

test('no line is wider than the terminal, and none can send an escape sequence to it', () => {
  const call = fc.record({
    parent_invocation_id: fc.nat(30).map(String),
    skill_name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    error_type: fc.string({ unit: 'binary', maxLength: 40 }),
    execution_ms: fc.option(fc.nat(10_000_000), { nil: undefined }),
  })
  fc.assert(
    fc.property(fc.array(call, { maxLength: 20 }), fc.integer({ min: 1, max: 120 }), (items, width) => {
      const calls = items.map((more, index) => aCall(String(index), index, more))
      const uses = calls.slice(0, 5).map((each) => aUse(WORK, { use_id: each.invocation_id }))
      for (const line of lines(calls, { width, isFull: true, turns: [aTurn()], uses })) {
        expect(columns(line)).toBeLessThanOrEqual(width)
        expect(line).not.toMatch(/\p{Cc}|\s$/u)
      }
    }),
    { numRuns: 300 },
  )
})
