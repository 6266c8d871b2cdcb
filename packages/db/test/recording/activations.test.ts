import type { Observation, ParsedObservation } from '@skillwatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRecord, readChanges, recount, type Writer } from '../../src/index.ts'
import { matchActivations, type Sighting } from '../../src/recording/match-activations.ts'
import { NOW_MS, openTestDatabase, PROJECT, parsed } from '../database.ts'

const START_MS = Date.UTC(2026, 3, 18, 13)
const name = fc.constantFrom('pdf-fill', 'deploy', 'custom_skill')
const prompt = fc.constantFrom('p1', 'p2', undefined)
const at = fc.integer({ min: 0, max: 9 }).map((minutes) => START_MS + minutes * 60_000)

const call = fc.record({
  invocation_id: fc.constantFrom('call-1', 'call-2', 'call-3', 'call-4'),
  skill_name: name,
  session_id: fc.constantFrom('s1', 's2'),
  witness: fc.constantFrom('hook' as const, 'otel_log' as const, 'transcript' as const),
  kind: fc.constantFrom('skill' as const, 'command' as const, 'tool' as const),
  prompt_id: prompt,
  invoked_at: at,
  outcome: fc.constantFrom('running' as const, 'completed' as const, 'failed' as const),
})
const activation = fc.record({
  invocation_id: fc.constantFrom('activation-1', 'activation-2', 'activation-3'),
  skill_name: name,
  session_id: fc.constantFrom('s1', 's2'),
  witness: fc.constant('otel_log' as const),
  kind: fc.constant('skill' as const),
  prompt_id: prompt,
  invoked_at: at,
  trigger: fc.constantFrom('user' as const, 'agent' as const),
})
const told: fc.Arbitrary<ParsedObservation> = fc.oneof(
  call.map((each) => parse(each)),
  activation.map((each) => ({ ...parse(each), unanchored: true as const })),
)

test('calls and activations in any order, any repetition and any grouping give the same rows', () => {
  const arrangements = fc
    .array(told, { minLength: 1, maxLength: 14 })
    .chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2, maxLength: all.length * 2 }),
        fc.integer({ min: 1, max: 5 }),
      ),
    )
  fc.assert(
    fc.property(arrangements, ([straight, mixed, size]) => {
      using one = openTestDatabase()
      using two = openTestDatabase()
      record(one.writer, straight, straight.length)
      record(two.writer, mixed, size)
      expect(rowsOf(two.writer)).toEqual(rowsOf(one.writer))
      expect(recount(two.writer, NOW_MS)).toEqual([])
    }),
    { numRuns: 200 },
  )
})

test('who follows the change log, deletions included, ends with the rows', () => {
  fc.assert(
    fc.property(fc.array(told, { minLength: 1, maxLength: 14 }), fc.integer({ min: 1, max: 5 }), (all, size) => {
      using database = openTestDatabase()
      const seen = new Map<string, unknown>()
      let offset = 0
      const follow = () => {
        for (const change of readChanges(database.writer, PROJECT, offset, 1_000)) {
          expect(change.offset).toBe(++offset)
          if (change.op === 'delete') seen.delete(change.invocation_id)
          else seen.set(change.invocation.invocation_id, change.invocation.outcome)
        }
      }
      for (let index = 0; index < all.length; index += size) {
        record(database.writer, all.slice(index, index + size), size)
        if (index % 2 === 0) follow()
      }
      follow()
      const rows = rowsOf(database.writer).map((row) => [row.invocation_id, row.outcome])
      expect([...seen].toSorted()).toEqual(rows.toSorted())
    }),
    { numRuns: 200 },
  )
})

test('an activation gives its call who chose it, and the real name of a redacted one', () => {
  using database = openTestDatabase()
  const shared = { session_id: 's', prompt_id: 'p', invoked_at: START_MS }
  record(database.writer, [
    {
      ...parse({
        ...shared,
        invocation_id: 'a',
        skill_name: 'pdf-fill',
        kind: 'skill',
        witness: 'otel_log',
        trigger: 'user',
      }),
      unanchored: true,
    },
  ])
  expect(rowsOf(database.writer)).toMatchObject([{ invocation_id: 'a', outcome: 'running' }])
  record(database.writer, [
    parse({
      ...shared,
      invocation_id: 'toolu_1',
      skill_name: 'custom_skill',
      kind: 'skill',
      witness: 'hook',
      outcome: 'completed',
    }),
  ])
  expect(rowsOf(database.writer)).toMatchObject([
    {
      invocation_id: 'toolu_1',
      skill_name: 'pdf-fill',
      trigger: 'user',
      outcome: 'completed',
      witnesses: 'hook,otel_log',
    },
  ])
  expect(recount(database.writer, NOW_MS)).toEqual([])
})

test('each call has one activation at most, the nearest of its prompt', () => {
  const sighting = (id: string, minutes: number, prompt_id?: string): Sighting => ({
    id,
    kind: 'skill',
    isTyped: false,
    skill_name: 'deploy',
    prompt_id,
    at_ms: START_MS + minutes * 60_000,
  })
  const matches = matchActivations(
    [sighting('a1', 0, 'p1'), sighting('a2', 3, 'p1'), sighting('a3', 3.5)],
    [sighting('c1', 1, 'p1'), sighting('c2', 3, 'p2'), sighting('c3', 4)],
  )
  expect([...matches].toSorted()).toEqual([
    ['a1', 'c1'],
    ['a2', 'c3'],
    ['a3', 'c2'],
  ])
})

test('a redacted activation leaves to others the calls that have their name, also where it is nearer', () => {
  const sighting = (id: string, skill_name: string, minutes: number): Sighting => ({
    id,
    kind: 'skill',
    isTyped: false,
    skill_name,
    prompt_id: 'p',
    at_ms: START_MS + minutes * 60_000,
  })
  // Calls that were seen by hooks alone lie where the hooks were received, behind all activations when clocks differ.
  const matches = matchActivations(
    [sighting('a1', 'deploy', 0), sighting('a2', 'custom_skill', 1)],
    [sighting('c1', 'deploy', 10), sighting('c2', 'in-house', 11)],
  )
  expect([...matches].toSorted()).toEqual([
    ['a1', 'c1'],
    ['a2', 'c2'],
  ])
})

test('a skill that was typed is one call, known as a command, and what the agent chose is another', () => {
  using database = openTestDatabase()
  const shared = { session_id: 's', prompt_id: 'p', invoked_at: START_MS, skill_name: 'deploy' }
  const activated = { ...shared, kind: 'skill', witness: 'otel_log' } as const
  record(database.writer, [
    { ...parse({ ...activated, invocation_id: 'a', trigger: 'agent' }), unanchored: true },
    { ...parse({ ...activated, invocation_id: 'b', trigger: 'user', invoked_at: START_MS + 9_000 }), unanchored: true },
    parse({ ...shared, invocation_id: 'command_p', kind: 'command', witness: 'hook', outcome: 'completed' }),
  ])
  expect(rowsOf(database.writer)).toMatchObject([
    { invocation_id: 'a', kind: 'skill', trigger: 'agent', witnesses: 'otel_log' },
    { invocation_id: 'command_p', kind: 'command', trigger: 'user', witnesses: 'hook,otel_log' },
  ])
  expect(recount(database.writer, NOW_MS)).toEqual([])
})

test('a call that turns out to belong to another session leaves its activation behind', () => {
  using database = openTestDatabase()
  const shared = { prompt_id: 'p', invoked_at: START_MS, skill_name: 'x', kind: 'skill' } as const
  const call = { ...shared, invocation_id: 'c', witness: 'transcript' } as const
  record(database.writer, [
    parse({ ...call, session_id: 's1' }),
    { ...parse({ ...shared, invocation_id: 'a', session_id: 's1', witness: 'otel_log' }), unanchored: true },
  ])
  record(database.writer, [parse({ ...call, session_id: 's2' })])
  expect(rowsOf(database.writer)).toMatchObject([
    { invocation_id: 'a', session_id: 's1', witnesses: 'otel_log' },
    { invocation_id: 'c', session_id: 's2', witnesses: 'transcript' },
  ])
})

test('a row that went away leaves its id to nobody', () => {
  using database = openTestDatabase()
  const shared = { session_id: 's', prompt_id: 'p', invoked_at: START_MS, skill_name: 'x', kind: 'skill' as const }
  record(database.writer, [{ ...parse({ ...shared, invocation_id: 'a', witness: 'otel_log' }), unanchored: true }])
  record(database.writer, [parse({ ...shared, invocation_id: 'c1' })])
  record(database.writer, [parse({ ...shared, invocation_id: 'c2', session_id: 'other' })])
  const changes = readChanges(database.writer, PROJECT, 0, 10)
  expect(
    changes.map((change) => [
      change.op,
      change.op === 'delete' ? change.invocation_id : change.invocation.invocation_id,
    ]),
  ).toEqual([
    ['delete', 'a'],
    ['insert', 'c1'],
    ['delete', 'a'],
    ['update', 'c1'],
    ['insert', 'c2'],
  ])
})

function parse(observation: Observation): ParsedObservation {
  return parsed(JSON.parse(JSON.stringify(observation)))
}

function record(writer: Writer, observations: readonly ParsedObservation[], size = observations.length): void {
  const write = createRecord(writer)
  for (let index = 0; index < observations.length; index += size) {
    write([{ projectId: PROJECT, observations: observations.slice(index, index + size) }], NOW_MS)
  }
}

function rowsOf({ sqlite }: Writer) {
  const rows = sqlite.prepare('select * from skill_invocation order by invocation_id').all() as Record<
    string,
    unknown
  >[]
  return rows.map(({ row_id: _, ...row }) => row)
}
