import type { MissedCalls, SessionCoverage } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import { blindSpotLines, coverageLines } from '../src/coverage-lines.ts'
import { columns } from '../src/text.ts'

function missed(
  kind: MissedCalls['kind'],
  outcome: MissedCalls['outcome'],
  spot: string | null,
): MissedCalls {
  return { kind, outcome, invocation_count: 1, blind_spot_id: spot }
}

function aWitness(
  witness: 'hook' | 'transcript',
  calls: MissedCalls[],
): SessionCoverage['witnesses'][number] {
  return { witness, seen_count: 1_234, alone_count: 3, missed_count: calls.length, missed: calls }
}

const SESSION: SessionCoverage = {
  session_id: '3f2a9c11-77aa-4c1d-9a0e-0123456789ab',
  last_active_at: '2026-11-22T09:30:00Z',
  invocation_count: 1_240,
  witnesses: [
    aWitness('hook', [
      missed('command', 'completed', 'hook.commands'),
      missed('tool', 'rejected', 'hook.refused'),
      missed('mcp', 'completed', null),
    ]),
    aWitness('transcript', []),
  ],
}

function linesAt(width: number): string[] {
  const { head, body } = coverageLines([SESSION], width)
  return [...head, ...body]
}

test('at 80 columns missed calls are below their row', () => {
  expect(linesAt(80)).toEqual([
    'SESSION   LAST ACTIVE       CALLS  WITNESS     REPORTED  ALONE  MISSED',
    '3f2a9c11  2026-11-22 09:30   1240  hook            1234      3       3',
    '    missed: 1 command completed (hook.commands), 1 tool rejected (hook.refused),',
    '            1 MCP call completed',
    '                                   transcript      1234      3       0',
  ])
})

test('at 140 columns ids are whole, and missed calls are beside their number', () => {
  const [head, first, ...others] = linesAt(140)
  expect(head).toMatch(/^SESSION {31}LAST ACTIVE {7}CALLS {2}.* {2}MISSED {2}WHICH, AND WHY$/)
  expect(first).toMatch(
    /^3f2a9c11-77aa-4c1d-9a0e-0123456789ab {2}.* 3 {2}1 command completed \(hook\.commands\),$/,
  )
  expect(others).toEqual([
    `${' '.repeat(100)}1 tool rejected (hook.refused),`,
    `${' '.repeat(100)}1 MCP call completed`,
    `${' '.repeat(63)}transcript      1234      3       0`,
  ])
})

test('where no witness missed a call the table ends with the numbers', () => {
  const complete = { ...SESSION, witnesses: [aWitness('hook', []), aWitness('transcript', [])] }
  const { head, body } = coverageLines([complete], 140)
  expect(head[0]).toMatch(/ {2}MISSED$/)
  expect(body.map((line) => line.slice(-6))).toEqual(['     0', '     0'])
})

test('several missed calls of a kind and outcome are in the plural', () => {
  const calls = { ...missed('tool', 'failed', null), invocation_count: 12 }
  const { body } = coverageLines([{ ...SESSION, witnesses: [aWitness('hook', [calls])] }], 140)
  expect(body[0]).toMatch(/ {2}12 tools failed$/)
})

test('where the width has no bound each row is one line', () => {
  const [, hook, transcript, ...more] = linesAt(Number.POSITIVE_INFINITY)
  expect(hook).toMatch(
    / {2}1 command completed \(hook\.commands\), 1 tool rejected \(hook\.refused\), 1 MCP/,
  )
  expect(transcript).toMatch(/ 0$/)
  expect(more).toEqual([])
})

test('reasons of blind spots continue beside their ids, and those of absent witnesses are left out', () => {
  const spot = (witness: 'hook' | 'sdk', blind_spot_id: string, reason: string) => ({
    ...{ witness, blind_spot_id, reason, kinds: null, outcomes: null },
  })
  const blind_spots = [
    spot('hook', 'hook.refused', 'When a person refuses a call, it may end without an event.'),
    spot('hook', 'hook.x', 'Short.'),
    spot('sdk', 'sdk.unwrapped', 'Absent.'),
  ]
  expect(blindSpotLines({ items: [SESSION], blind_spots } as never, 50)).toEqual([
    'hook.refused  When a person refuses a call, it may',
    '              end without an event.',
    'hook.x        Short.',
  ])
})

test.each([20, 40, 60, 79, 101, 139, 200])('no line is wider than a terminal of %i columns', (width) => {
  const spots = { items: [SESSION], blind_spots: [] }
  const wide = [...linesAt(width), ...blindSpotLines(spots, width)].filter((line) => columns(line) > width)
  expect(wide).toEqual([])
})
