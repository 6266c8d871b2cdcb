import { type Observation, type ParsedObservation, parseSpan, type SpanContext } from '@skillwatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRecorder, liveSeries, readChanges, recount } from '../../src/index.ts'
import { arrangementsOf } from '../arrangements.ts'
import {
  createRecord,
  NOW_MS,
  openTestDatabase,
  PROJECT,
  parsed,
  recordGroups,
  rowsOf,
  witnessRecordsOf,
} from '../database.ts'

const TRACE = '0102030405060708090a0b0c0d0e0f10'
const START_MS = NOW_MS - 60_000
const DAY_MS = 24 * 3_600_000

/**
 * Spans of one trace, any of them inside any other, some with an id of their own, some sent before and after
 * they ended.
 */
const tracedCall = fc.record({
  parent: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
  role: fc.constantFrom<SpanContext['role'][]>('call', 'mcp_call', 'composite_call', 'phase', 'context'),
  tool_name: fc.constantFrom('mcp__web__search', 'search', 'pdf-fill'),
  ownId: fc.constantFrom(undefined, undefined, 'call-1', 'call-2', 'call-3'),
  session_id: fc.constantFrom(undefined, undefined, 's1', 's2'),
  is_session_of_process: fc.boolean(),
  agent_name: fc.constantFrom(undefined, 'helper'),
  kind: fc.constantFrom<NonNullable<Observation['kind']>[]>('skill', 'tool', 'mcp'),
  outcome: fc.constantFrom<NonNullable<Observation['outcome']>[]>('completed', 'failed'),
  execution_ms: fc.integer({ min: 0, max: 5_000 }),
  startsRunning: fc.boolean(),
})
const spansOfTrace = fc
  .array(tracedCall, { minLength: 1, maxLength: 8 })
  .map((all) => all.flatMap((each, index) => tellings(index + 1, each)))
const others = fc.array(
  fc.record({
    invocation_id: fc.constantFrom('call-1', 'call-2', 'activation-1'),
    session_id: fc.constantFrom('s1', 's2'),
    witness: fc.constantFrom('hook' as const, 'otel_span' as const),
    outcome: fc.constantFrom('running' as const, 'completed' as const, 'failed' as const),
  }),
  { maxLength: 3 },
)

function tellings(number: number, each: typeof tracedCall extends fc.Arbitrary<infer T> ? T : never) {
  const {
    parent,
    role,
    tool_name,
    session_id,
    is_session_of_process,
    outcome,
    execution_ms,
    startsRunning,
  } = each
  const isCall = role !== 'phase' && role !== 'context'
  const place: SpanContext = {
    ...at(number, parent),
    role,
    ...(isCall && { tool_name }),
    ...(session_id && is_session_of_process && isCall && { is_session_of_process: true }),
  }
  const names = isCall && { kind: each.kind, skill_name: tool_name, invoked_at: START_MS + number }
  const context = role !== 'phase' && { session_id, ...(each.agent_name && { agent_name: each.agent_name }) }
  const ended = role !== 'context' && { outcome, execution_ms }
  const span = (fields: Partial<Observation>) =>
    aSpan(place, fields, role === 'context' ? undefined : each.ownId)
  const whole = span({ ...names, ...context, ...ended })
  return startsRunning && isCall ? [span({ ...names, ...context, outcome: 'running' }), whole] : [whole]
}

const recorded = fc.tuple(spansOfTrace, others).map(([spans, observations]) => [
  ...spans,
  ...observations.map((each) => {
    const isActivation = each.invocation_id === 'activation-1'
    const fields = { ...each, skill_name: 'pdf-fill', kind: 'skill' as const, invoked_at: START_MS }
    return isActivation
      ? { ...parsed({ ...fields, witness: 'otel_log', outcome: 'running' }), uncorrelated: true as const }
      : parsed(fields)
  }),
])

test('spans of any shape in any order, any repetition and any grouping give the same rows', async () => {
  const arrangements = arrangementsOf(recorded)
  await fc.assert(
    fc.asyncProperty(arrangements, async ([straight, mixed, size]) => {
      using one = openTestDatabase()
      using two = openTestDatabase()
      await recordGroups(one.writer, straight, straight.length, LATER_MS)
      await recordGroups(two.writer, mixed, size, LATER_MS)
      expect(rowsOf(two.writer)).toEqual(rowsOf(one.writer))
      expect(witnessRecordsOf(two.writer)).toEqual(witnessRecordsOf(one.writer))
      expect(recount(two.writer, LATER_MS)).toEqual([])
    }),
    { numRuns: 100 },
  )
})

/** Long after every span has ended, so that Prometheus counts none: that depends on what was known first. */
const LATER_MS = NOW_MS + DAY_MS

test('a follower of the change log ends with the rows, counters never fall, roll-ups match', async () => {
  await fc.assert(
    fc.asyncProperty(recorded, fc.integer({ min: 1, max: 5 }), async (all, size) => {
      using database = openTestDatabase()
      const seen = new Map<string, unknown>()
      let [offset, counted] = [0, 0]
      const write = createRecord(database.writer)
      for (let index = 0; index < all.length; index += size) {
        await write([{ projectId: PROJECT, observations: all.slice(index, index + size) }], NOW_MS)
        for (const change of readChanges(database.writer, PROJECT, offset, 1_000)) {
          expect(change.offset).toBe(++offset)
          if ('invocation_id' in change) seen.delete(change.invocation_id)
          else if ('invocation' in change)
            seen.set(change.invocation.invocation_id, change.invocation.outcome)
        }
        const count = liveSeries(database.writer, PROJECT).reduce(
          (sum, { invocation_count: each }) => sum + each,
          0,
        )
        expect(count).toBeGreaterThanOrEqual(counted)
        counted = count
        expect(recount(database.writer, NOW_MS)).toEqual([])
      }
      const rows = rowsOf(database.writer).map((row) => [row.invocation_id, row.outcome])
      expect([...seen].toSorted()).toEqual(rows.toSorted())
    }),
    { numRuns: 100 },
  )
})

test('a call that was counted before it turned out to be part of another is not counted again', async () => {
  using database = openTestDatabase()
  const write = async (...all: ParsedObservation[]) => await recordGroups(database.writer, all, 1, NOW_MS)
  await write(aSpan({ ...at(2, 1), role: 'mcp_call', tool_name: 'search' }, { ...SEARCH, kind: 'mcp' }))
  expect(rowsOf(database.writer)).toMatchObject([
    { invocation_id: `${TRACE}-${id(2)}`, skill_name: 'search' },
  ])
  const name = 'mcp__web__search'
  await write(
    aSpan(
      { ...at(1), role: 'call', tool_name: name },
      { ...SEARCH, skill_name: name, kind: 'mcp' },
      'toolu_1',
    ),
  )
  expect(rowsOf(database.writer)).toMatchObject([{ invocation_id: 'toolu_1', skill_name: name }])
  expect(liveSeries(database.writer, PROJECT)).toMatchObject([{ skill_name: 'search', invocation_count: 1 }])
  expect(recount(database.writer, NOW_MS)).toEqual([])
})

test('a call that a hook knows stays when its span turns out to tell of another', async () => {
  using database = openTestDatabase()
  const inner = aSpan({ ...at(2, 1), role: 'mcp_call', tool_name: 'search' }, SEARCH, 'toolu_2')
  const outer = aSpan({ ...at(1), role: 'call', tool_name: 'search' }, SEARCH, 'toolu_1')
  const hook = parsed({ invocation_id: 'toolu_2', skill_name: 'search', session_id: 's', witness: 'hook' })
  await recordGroups(database.writer, [hook, inner], 1, NOW_MS)
  expect(rowsOf(database.writer)).toMatchObject([{ invocation_id: 'toolu_2', witnesses: 'hook,otel_span' }])
  await recordGroups(database.writer, [outer], 1, NOW_MS)
  expect(witnessRecordsOf(database.writer)).toMatchObject([
    { invocation_id: 'toolu_1', witness: 'otel_span' },
    { invocation_id: 'toolu_2', witness: 'hook' },
  ])
  expect(rowsOf(database.writer)).toMatchObject([{ witnesses: 'otel_span' }, { witnesses: 'hook' }])
})

test('an activation goes with its call when that turns out to be part of another', async () => {
  using database = openTestDatabase()
  const skill = { ...SEARCH, kind: 'skill', skill_name: 'search' } as const
  const activated = { invocation_id: 'a', kind: 'skill', skill_name: 'search', session_id: 's' } as const
  await recordGroups(
    database.writer,
    [
      aSpan({ ...at(2, 1), role: 'mcp_call', tool_name: 'search' }, skill),
      {
        ...parsed({ ...activated, witness: 'otel_log', invoked_at: START_MS, trigger: 'nested' }),
        uncorrelated: true,
      },
      aSpan({ ...at(1), role: 'call', tool_name: 'search' }, skill, 'toolu_1'),
    ],
    1,
    NOW_MS,
  )
  expect(rowsOf(database.writer)).toMatchObject([
    { invocation_id: 'toolu_1', trigger: 'nested', witnesses: 'otel_log,otel_span' },
  ])
})

test('a session that a span names is inherited before the one that its process names', async () => {
  const sessions = async (...around: Partial<Observation>[]) => {
    using database = openTestDatabase()
    const place = { role: 'call', tool_name: 'search', is_session_of_process: true } as const
    await recordGroups(
      database.writer,
      [
        aSpan({ ...at(3, 2), ...place }, { ...SEARCH, session_id: 'own process' }, 'toolu_3'),
        ...around.map((fields, index) => aSpan({ ...at(2 - index, 1 - index), role: 'context' }, fields)),
      ],
      1,
      NOW_MS,
    )
    return rowsOf(database.writer).map((row) => row.session_id)
  }
  expect(await sessions()).toEqual(['own process'])
  expect(await sessions({ agent_name: 'helper' })).toEqual(['own process'])
  expect(await sessions({ agent_name: 'helper' }, { session_id: 'outermost' })).toEqual(['outermost'])
  expect(await sessions({ session_id: 'nearest' }, { session_id: 'outermost' })).toEqual(['nearest'])
})

test('a call waits for somebody to tell its session, a span around it or another witness', async () => {
  using database = openTestDatabase()
  const write = createRecord(database.writer)
  const span = async (...observations: ParsedObservation[]) =>
    (await write([{ projectId: PROJECT, observations }], NOW_MS))[0]
  const { session_id: _, ...silent } = SEARCH
  const first = aSpan({ ...at(2, 1), role: 'call', tool_name: 'search' }, silent)
  const second = aSpan({ ...at(3), role: 'call', tool_name: 'search' }, silent, 'toolu_1')
  expect(await span(first, second)).toEqual(['waiting', 'waiting'])
  expect(rowsOf(database.writer)).toEqual([])
  expect(await span(aSpan({ ...at(1), role: 'context' }, { session_id: 'outer' }))).toEqual(['accepted'])
  expect(
    await span(parsed({ invocation_id: 'toolu_1', skill_name: 'search', session_id: 'other' })),
  ).toEqual(['accepted'])
  expect(rowsOf(database.writer)).toMatchObject([
    { invocation_id: `${TRACE}-${id(2)}`, session_id: 'outer', witnesses: 'otel_span' },
    { invocation_id: 'toolu_1', session_id: 'other', witnesses: 'sdk,otel_span' },
  ])
  expect(await span(first, second)).toEqual(['duplicate', 'duplicate'])
})

test('spans that belong to no call are deleted after a while, those around a recorded call stay', async () => {
  using database = openTestDatabase()
  const write = async (nowMs: number, ...all: ParsedObservation[]) =>
    await recordGroups(database.writer, all, all.length, nowMs)
  const other = { trace_id: TRACE.replaceAll('0', 'f'), span_id: id(1), parent_span_id: id(9) }
  await write(
    NOW_MS,
    aSpan({ ...at(1), role: 'context' }, { session_id: 's' }),
    aSpan({ ...at(2, 1), role: 'call', tool_name: 'search' }, SEARCH),
    aSpan({ ...other, role: 'context' }, {}),
  )
  const spanCount = () => database.writer.sqlite.prepare('select count(*) from otel_span').pluck().get()
  expect(spanCount()).toBe(3)
  await write(NOW_MS + DAY_MS + 1, aSpan({ ...at(3, 1), role: 'context' }, {}))
  expect(spanCount()).toBe(3)
  expect(database.writer.sqlite.prepare('select 1 from otel_span where trace_id <> ?').all(TRACE)).toEqual(
    [],
  )
})

test('two calls to whose spans a tracer gave one id are two calls', async () => {
  using database = openTestDatabase()
  const place: SpanContext = { ...at(1), role: 'call', tool_name: 'search' }
  const both = [aSpan(place, SEARCH, 'toolu_1'), aSpan(place, SEARCH, 'toolu_2')]
  await recordGroups(database.writer, [...both, ...both], 1, NOW_MS)
  expect(rowsOf(database.writer).map((row) => row.invocation_id)).toEqual(['toolu_1', 'toolu_2'])
})

test.each([
  [{ session_id: 's' }],
  [{ skill_name: 'search' }],
  [{ user_id: 'ada' }],
  [{ agent_name: 'codex' }],
  [{ before_ms: NOW_MS + 1 }],
  [{ everything: true } as const],
])('of calls that are deleted by %o no span is left, nor what was around them', async (selector) => {
  using database = openTestDatabase()
  const { session_id: _, ...silent } = SEARCH
  const waiting = { trace_id: TRACE.replaceAll('0', 'f'), span_id: id(1) }
  await recordGroups(
    database.writer,
    [
      aSpan({ ...at(1), role: 'context' }, { session_id: 's' }),
      aSpan({ ...at(2, 1), role: 'composite_call', tool_name: 'search' }, { ...SEARCH, user_id: 'ada' }),
      aSpan({ ...at(3, 2), role: 'phase' }, { outcome: 'failed' }),
      aSpan(
        { ...waiting, role: 'call', tool_name: 'search' },
        { ...silent, user_id: 'ada', invoked_at: START_MS },
      ),
    ],
    1,
    NOW_MS,
  )
  await using recorder = createRecorder(database.writer, { queueItemsMax: 100, now: () => NOW_MS })
  await recorder.delete(PROJECT, selector)
  const left = database.writer.sqlite.prepare('select trace_id, span_id from otel_span').all()
  expect(left).toEqual('session_id' in selector ? [waiting] : [])
})

const SEARCH = {
  kind: 'tool',
  skill_name: 'search',
  session_id: 's',
  agent_name: 'codex',
  outcome: 'completed',
  invoked_at: START_MS,
  ended_at: START_MS + 1_000,
} as const

function id(number: number): string {
  return String(number).padStart(16, '0')
}

function at(number: number, parent?: number) {
  return {
    trace_id: TRACE,
    span_id: id(number),
    ...(parent !== undefined && { parent_span_id: id(parent) }),
  }
}

/** The span as ingest would hand it to the recorder. */
function aSpan(
  place: SpanContext,
  fields: Partial<Observation>,
  ownId = `${place.trace_id}-${place.span_id}`,
) {
  const stated = JSON.parse(JSON.stringify({ ...fields, invocation_id: ownId }))
  const result = parseSpan(stated, place, NOW_MS)
  if ('reason' in result) throw new Error(`${result.pointer} ${result.reason}`)
  return result.observation
}
