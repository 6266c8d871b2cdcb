import fc from 'fast-check'
import { expect, test } from 'vitest'
import { timelineLines } from '../../src/show/timeline.ts'
import { callTree } from '../../src/show/tree.ts'
import { localTime } from '../../src/tail/line.ts'
import { columns } from '../../src/text.ts'
import { aCall } from './a-call.ts'

const plain = (_format: unknown, text: string) => text

function lines(calls: readonly ReturnType<typeof aCall>[], { isFull = false, width = 80 } = {}): string[] {
  return timelineLines(callTree(calls), { isFull, width }, plain)
}

/** The local time of a call that began `second` seconds after the first. */
function at(second: number): string {
  return localTime(aCall('', second).invoked_at, 'clock')
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

test('calls of several days are shown with their dates', () => {
  const days = [0, 2 * 86_400].map((second) => aCall(String(second), second, { skill_name: 'Bash' }))
  expect(lines(days)).toEqual([
    expect.stringMatching(/^2026-11-2\d \d\d:\d\d:00 {2}tool Bash/),
    expect.stringMatching(/^2026-11-2\d \d\d:\d\d:00 {2}tool Bash/),
  ])
})

test('a long name is cut before its number of calls and its duration', () => {
  const calls = [1, 2, 3, 4].map((second) => aCall(String(second), second, { skill_name: 'x'.repeat(200) }))
  expect(lines(calls)).toEqual([`${at(1)}  tool ${'x'.repeat(51)}… ×4  ✔  1.2 s`])
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
      for (const line of lines(calls, { width, isFull: true })) {
        expect(columns(line)).toBeLessThanOrEqual(width)
        expect(line).not.toMatch(/\p{Cc}|\s$/u)
      }
    }),
    { numRuns: 300 },
  )
})
