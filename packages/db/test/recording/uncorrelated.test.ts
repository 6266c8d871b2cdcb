import type { Observation, ParsedObservation } from '@skillwatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { liveSeries, readChanges, recount } from '../../src/index.ts'
import { arrangementsOf } from '../arrangements.ts'
import { NOW_MS, openTestDatabase, PROJECT, parsed, recordGroups, rowsOf } from '../database.ts'
import { greedyPairs, type Party, pairAll, pairOneByOne } from './pair-all.ts'

const START_MS = Date.UTC(2026, 3, 18, 13)
/** While all that is generated counts as live. */
const LIVE_MS = START_MS + 13 * 60_000
const name = fc.constantFrom('pdf-fill', 'deploy', 'custom_skill', 'custom')
const prompt = fc.constantFrom('p1', 'p2', undefined)
const at = fc.integer({ min: 0, max: 9 }).map((minutes) => START_MS + minutes * 60_000)
const later = fc.constantFrom(undefined, 0, 60_000, 180_000)
const common = {
  session_id: fc.constantFrom('s1', 's2'),
  skill_name: name,
  prompt_id: prompt,
  invoked_at: at,
}

const call = fc
  .record({
    ...common,
    invocation_id: fc.constantFrom('call-1', 'call-2', 'call-3', 'call-4'),
    witness: fc.constantFrom('hook' as const, 'otel_log' as const, 'transcript' as const),
    kind: fc.constantFrom('skill' as const, 'command' as const, 'agent' as const, 'tool' as const),
    outcome: fc.constantFrom('running' as const, 'completed' as const, 'failed' as const),
    later,
  })
  .map(({ later, ...stated }) => ({
    ...stated,
    ended_at: later === undefined ? undefined : stated.invoked_at + later,
  }))
const skillActivation = fc.record({
  ...common,
  invocation_id: fc.constantFrom('activation-1', 'activation-2', 'activation-3'),
  witness: fc.constant('otel_log' as const),
  kind: fc.constantFrom('skill' as const, 'command' as const),
  trigger: fc.constantFrom('user' as const, 'agent' as const, 'preload' as const),
})
/** Of a sub-agent; without an end when it was in the background. */
const completion = fc
  .record({
    ...common,
    invocation_id: fc.constantFrom('completion-1', 'completion-2', 'completion-3'),
    witness: fc.constant('otel_log' as const),
    kind: fc.constant('agent' as const),
    outcome: fc.constant('completed' as const),
    execution_ms: fc.constantFrom(60_000, 180_000),
    later,
  })
  .map(({ later, invoked_at, ...stated }) =>
    later === undefined ? { ...stated, invoked_at } : { ...stated, ended_at: invoked_at + later },
  )
const observation: fc.Arbitrary<ParsedObservation> = fc.oneof(
  call.map((each) => parse(each)),
  fc.oneof(skillActivation, completion).map((each) => ({ ...parse(each), uncorrelated: true as const })),
)

test('calls and activations in any order, any repetition and any grouping give the same rows', async () => {
  const arrangements = arrangementsOf(fc.array(observation, { minLength: 1, maxLength: 14 }))
  await fc.assert(
    fc.asyncProperty(arrangements, async ([straight, mixed, size]) => {
      using one = openTestDatabase()
      using two = openTestDatabase()
      await recordGroups(one.writer, straight, straight.length)
      await recordGroups(two.writer, mixed, size)
      expect(rowsOf(two.writer)).toEqual(rowsOf(one.writer))
      expect(recount(two.writer, NOW_MS)).toEqual([])
    }),
    { numRuns: 200 },
  )
})

test('who follows the change log, deletions included, ends with the rows', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(observation, { minLength: 1, maxLength: 14 }),
      fc.integer({ min: 1, max: 5 }),
      async (all, size) => {
        using database = openTestDatabase()
        const seen = new Map<string, unknown>()
        let offset = 0
        const follow = () => {
          for (const change of readChanges(database.writer, PROJECT, offset, 1_000)) {
            expect(change.offset).toBe(++offset)
            if ('invocation_id' in change) seen.delete(change.invocation_id)
            else if ('invocation' in change)
              seen.set(change.invocation.invocation_id, change.invocation.outcome)
          }
        }
        for (let index = 0; index < all.length; index += size) {
          await recordGroups(database.writer, all.slice(index, index + size), size)
          if (index % 2 === 0) follow()
        }
        follow()
        const rows = rowsOf(database.writer).map((row) => [row.invocation_id, row.outcome])
        expect([...seen].toSorted()).toEqual(rows.toSorted())
      },
    ),
    { numRuns: 200 },
  )
})

test('an uncorrelated observation belongs to one call of its kind at most', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(observation, { minLength: 1, maxLength: 14 }), async (all) => {
      using database = openTestDatabase()
      await recordGroups(database.writer, all)
      const observations = database.writer.sqlite
        .prepare(
          `select observation_id, row_id, invocation_id, kind, json_extract(fields, '$.kind') as reported_kind,
              json_extract(fields, '$.trigger') as trigger
            from uncorrelated_observation left join skill_invocation using (row_id)`,
        )
        .all() as Record<
        'observation_id' | 'row_id' | 'invocation_id' | 'kind' | 'reported_kind' | 'trigger',
        string
      >[]
      expect(new Set(observations.map(({ row_id }) => row_id)).size).toBe(observations.length)
      for (const { observation_id, invocation_id, kind, reported_kind, trigger } of observations) {
        const isTyped = reported_kind === 'skill' && trigger === 'user'
        if (invocation_id !== observation_id) expect(kind).toBe(isTyped ? 'command' : reported_kind)
        if (reported_kind === 'skill' && trigger === 'preload') expect(invocation_id).toBe(observation_id)
      }
    }),
    { numRuns: 100 },
  )
})

test('live counts equal the rows, however observations move between calls', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(observation, { minLength: 1, maxLength: 14 }),
      fc.integer({ min: 1, max: 5 }),
      async (all, size) => {
        using database = openTestDatabase()
        await recordGroups(database.writer, all, size, LIVE_MS)
        expect(recount(database.writer, LIVE_MS)).toEqual([])
      },
    ),
    { numRuns: 100 },
  )
})

const agentCall = {
  session_id: 's',
  prompt_id: 'p',
  kind: 'agent',
  skill_name: 'Explore',
  invoked_at: START_MS,
} as const
const agentEnd = {
  ...agentCall,
  invoked_at: undefined,
  ended_at: START_MS + 9,
  outcome: 'completed',
} as const
const typed = {
  session_id: 's',
  prompt_id: 'p',
  kind: 'command',
  skill_name: 'deploy',
  outcome: 'completed',
} as const

test.each([
  ['its whole call', agentEnd, [{ ...agentCall, ended_at: START_MS + 10, outcome: 'completed' as const }]],
  ['the beginning of its call', agentEnd, [agentCall, { ...agentCall, ended_at: START_MS + 10 }]],
  [
    'its command',
    { ...typed, trigger: 'user' as const, invoked_at: START_MS },
    [{ ...typed, invoked_at: START_MS }],
  ],
])(
  'an observation that was a row of its own and then part of %s is counted once',
  async (_, observation, calls) => {
    using database = openTestDatabase()
    const alone = {
      ...parse({ ...observation, invocation_id: 'e', witness: 'otel_log' }),
      uncorrelated: true as const,
    }
    const ofCall = calls.map((each) => parse({ ...each, invocation_id: 'call', witness: 'hook' }))
    await recordGroups(database.writer, [alone, ...ofCall], 1, LIVE_MS)
    expect(rowsOf(database.writer)).toMatchObject([{ invocation_id: 'call', outcome: 'completed' }])
    expect(liveSeries(database.writer, PROJECT).map((series) => series.invocation_count)).toEqual([1])
    expect(recount(database.writer, LIVE_MS)).toEqual([])
  },
)

test('a call that an observation ended for a while is counted once', async () => {
  using database = openTestDatabase()
  const later = { ...agentCall, skill_name: 'critic', invocation_id: 'later', witness: 'hook' } as const
  const group = [
    parse(later),
    // Its name is a placeholder, so it fits any sub-agent of the prompt, until its own is known.
    {
      ...parse({ ...agentEnd, skill_name: 'custom', invocation_id: 'e', witness: 'otel_log' }),
      uncorrelated: true as const,
    },
    parse({
      ...agentCall,
      invocation_id: 'own',
      witness: 'hook',
      ended_at: START_MS + 10,
      outcome: 'completed',
    }),
    parse({ ...later, ended_at: START_MS + 60_000, outcome: 'failed' }),
  ]
  await recordGroups(database.writer, group.slice(0, 3), 1, LIVE_MS)
  expect(rowsOf(database.writer)).toMatchObject([
    { invocation_id: 'later', outcome: 'running' },
    { invocation_id: 'own', witnesses: 'hook,otel_log' },
  ])
  await recordGroups(database.writer, group.slice(3), 1, LIVE_MS)
  expect(
    liveSeries(database.writer, PROJECT).reduce((sum, series) => sum + series.invocation_count, 0),
  ).toBe(2)
  expect(recount(database.writer, LIVE_MS)).toEqual([])
})

const partyArbitrary = (id: string) =>
  fc
    .array(
      fc.record({
        kind: fc.constantFrom('skill' as const, 'command' as const, 'agent' as const),
        skill_name: name,
        prompt_id: prompt,
        began_at_ms: at,
        ended_at_ms: fc.option(at, { nil: undefined }),
      }),
      { maxLength: 6 },
    )
    .map((all) => all.map((each, index): Party => ({ id: `${id}-${index}`, ...each })))

test('pairing finds the nearest pairs, in whatever order calls and observations arrive', async () => {
  const arrivals = fc
    .tuple(partyArbitrary('observation'), partyArbitrary('call'))
    .chain(([observations, calls]) => {
      const ids = [...observations, ...calls].map(({ id }) => id)
      const order = fc.shuffledSubarray(ids, { minLength: ids.length, maxLength: ids.length })
      return fc.tuple(fc.constant(observations), fc.constant(calls), order)
    })
  await fc.assert(
    fc.asyncProperty(arrivals, async ([observations, calls, order]) => {
      const expected = [...greedyPairs(observations, calls)].toSorted()
      expect([...(await pairAll(observations, calls))].toSorted()).toEqual(expected)
      expect([...(await pairOneByOne(observations, calls, order))].toSorted()).toEqual(expected)
    }),
    { numRuns: 1_000 },
  )
})

test('an activation gives its call who chose it, and the real name of a redacted one', async () => {
  using database = openTestDatabase()
  const shared = { session_id: 's', prompt_id: 'p', invoked_at: START_MS }
  await recordGroups(database.writer, [
    {
      ...parse({
        ...shared,
        invocation_id: 'a',
        skill_name: 'pdf-fill',
        kind: 'skill',
        witness: 'otel_log',
        trigger: 'nested',
      }),
      uncorrelated: true,
    },
  ])
  expect(rowsOf(database.writer)).toMatchObject([{ invocation_id: 'a', outcome: 'running' }])
  await recordGroups(database.writer, [
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
      trigger: 'nested',
      outcome: 'completed',
      witnesses: 'hook,otel_log',
    },
  ])
  expect(recount(database.writer, NOW_MS)).toEqual([])
})

test('each call has one activation at most, the nearest of its prompt', async () => {
  const activation = (id: string, minutes: number, prompt_id?: string) =>
    aParty({ id, skill_name: 'deploy', prompt_id, began_at_ms: START_MS + minutes * 60_000 })
  const matches = await pairAll(
    [activation('a1', 0, 'p1'), activation('a2', 3, 'p1'), activation('a3', 3.5)],
    [activation('c1', 1, 'p1'), activation('c2', 3, 'p2'), activation('c3', 4)],
  )
  expect([...matches].toSorted()).toEqual([
    ['a1', 'c1'],
    ['a2', 'c3'],
    ['a3', 'c2'],
  ])
})

test('a redacted activation does not take a call from an activation that has its name', async () => {
  const activation = (id: string, skill_name: string, minutes: number) =>
    aParty({ id, skill_name, prompt_id: 'p', began_at_ms: START_MS + minutes * 60_000 })
  // Calls that were seen by hooks alone lie where the hooks were received, behind all activations when
  // clocks differ.
  const matches = await pairAll(
    [activation('a1', 'deploy', 0), activation('a2', 'custom_skill', 1)],
    [activation('c1', 'deploy', 10), activation('c2', 'in-house', 11)],
  )
  expect([...matches].toSorted()).toEqual([
    ['a1', 'c1'],
    ['a2', 'c2'],
  ])
})

test('a typed skill is one call, a command, and the skill that the agent chose is another', async () => {
  using database = openTestDatabase()
  const shared = { session_id: 's', prompt_id: 'p', invoked_at: START_MS, skill_name: 'deploy' }
  const activated = { ...shared, kind: 'skill', witness: 'otel_log' } as const
  await recordGroups(database.writer, [
    { ...parse({ ...activated, invocation_id: 'a', trigger: 'agent' }), uncorrelated: true },
    {
      ...parse({ ...activated, invocation_id: 'b', trigger: 'user', invoked_at: START_MS + 9_000 }),
      uncorrelated: true,
    },
    parse({ ...shared, invocation_id: 'command_p', kind: 'command', witness: 'hook', outcome: 'completed' }),
  ])
  expect(rowsOf(database.writer)).toMatchObject([
    { invocation_id: 'a', kind: 'skill', trigger: 'agent', witnesses: 'otel_log' },
    { invocation_id: 'command_p', kind: 'command', trigger: 'user', witnesses: 'hook,otel_log' },
  ])
  expect(recount(database.writer, NOW_MS)).toEqual([])
})

test('a skill loaded with a sub-agent is not the call of the agent that called the same skill', async () => {
  using database = openTestDatabase()
  const shared = {
    session_id: 's',
    prompt_id: 'p',
    invoked_at: START_MS,
    skill_name: 'deploy',
    kind: 'skill',
  } as const
  await recordGroups(database.writer, [
    {
      ...parse({ ...shared, invocation_id: 'a', witness: 'otel_log', trigger: 'preload' }),
      uncorrelated: true,
    },
    parse({ ...shared, invocation_id: 'toolu_1', witness: 'hook', trigger: 'agent' }),
  ])
  expect(rowsOf(database.writer)).toMatchObject([
    { invocation_id: 'a', trigger: 'preload' },
    { invocation_id: 'toolu_1', trigger: 'agent', witnesses: 'hook' },
  ])
})

test.each(['hook', 'otel_log'] as const)(
  'a typed skill that is reported as a skill belongs to its command by %s',
  async (witness) => {
    using database = openTestDatabase()
    const shared = { session_id: 's', prompt_id: 'p', invoked_at: START_MS, skill_name: 'deploy' }
    const reported = {
      ...shared,
      invocation_id: 'a',
      kind: 'skill',
      witness: 'otel_log',
      trigger: 'user',
    } as const
    await recordGroups(database.writer, [
      { ...parse(reported), uncorrelated: true },
      parse({ ...shared, invocation_id: 'command_p', kind: 'command', witness, outcome: 'completed' }),
    ])
    expect(rowsOf(database.writer)).toMatchObject([
      { invocation_id: 'command_p', kind: 'command', trigger: 'user' },
    ])
  },
)

test('the end of a sub-agent belongs to the call that ended nearest, among calls of one prompt', async () => {
  // As three calls of a real session were: the one that began last ended first.
  const calls = [
    ['c1', 36_808, 839_564],
    ['c2', 47_027, 820_960],
    ['c3', 58_483, 505_494],
  ] as const
  const ends = [505_470, 820_910, 839_540]
  const matches = await pairAll(
    ends.map((end, index) =>
      aParty({ id: `e${index + 1}`, kind: 'agent', began_at_ms: START_MS, ended_at_ms: START_MS + end }),
    ),
    calls.map(([id, began, ended]) =>
      aParty({ id, kind: 'agent', began_at_ms: START_MS + began, ended_at_ms: START_MS + ended }),
    ),
  )
  expect(Object.fromEntries(matches)).toEqual({ e1: 'c3', e2: 'c2', e3: 'c1' })
})

test("the end of a sub-agent belongs to the call whose log ends nearest, whatever the hooks' clock", async () => {
  using database = openTestDatabase()
  const agent = { session_id: 's', prompt_id: 'p', kind: 'agent', skill_name: 'Explore' } as const
  const hooksMs = START_MS + 10 * 60_000
  const records = [
    { ...agent, invocation_id: 'c1', witness: 'hook', invoked_at: hooksMs + 20, ended_at: hooksMs + 30 },
    { ...agent, invocation_id: 'c2', witness: 'hook', invoked_at: hooksMs, ended_at: hooksMs + 10 },
    { ...agent, invocation_id: 'c1', witness: 'otel_log', ended_at: START_MS + 1_000 },
    { ...agent, invocation_id: 'c2', witness: 'otel_log', ended_at: START_MS + 60_000 },
  ] as const
  const end = { ...agent, invocation_id: 'e', witness: 'otel_log', ended_at: START_MS + 990 } as const
  const attributes = { total_tool_uses: 7 }
  await recordGroups(database.writer, [
    ...records.map(parse),
    { ...parse({ ...end, attributes }), uncorrelated: true },
  ])
  expect(rowsOf(database.writer)).toMatchObject([
    { invocation_id: 'c1', ended_at_ms: hooksMs + 30, attributes: JSON.stringify(attributes) },
    { invocation_id: 'c2', ended_at_ms: hooksMs + 10, attributes: null },
  ])
})

test('the end of a background sub-agent belongs to the call that began with it, in any prompt', async () => {
  const call = (id: string, second: number) =>
    aParty({
      id,
      kind: 'agent',
      began_at_ms: START_MS + second * 1_000,
      ended_at_ms: START_MS + second * 1_000 + 9,
    })
  const end = (id: string, second: number, fields: Partial<Party> = {}) =>
    aParty({ id, kind: 'agent', began_at_ms: START_MS + second * 1_000, prompt_id: 'p2', ...fields })
  const calls = [call('c1', 0), call('c2', 30)]
  expect(Object.fromEntries(await pairAll([end('e1', 31), end('e2', 1)], calls))).toEqual({
    e1: 'c2',
    e2: 'c1',
  })
  // One that was waited for ends in the prompt of its call, and in no other.
  expect((await pairAll([end('e1', 31, { ended_at_ms: START_MS + 32_000 })], calls)).size).toBe(0)
  // A placeholder name fits any in the same prompt only.
  expect((await pairAll([end('e1', 31, { skill_name: 'custom' })], calls)).size).toBe(0)
  expect((await pairAll([end('e1', 31, { skill_name: 'custom', prompt_id: 'p' })], calls)).get('e1')).toBe(
    'c2',
  )
})

test('the end of a sub-agent adds to its call and replaces nothing of it', async () => {
  using database = openTestDatabase()
  const shared = { session_id: 's', prompt_id: 'p', kind: 'agent' } as const
  const end = { ...shared, witness: 'otel_log', outcome: 'completed', execution_ms: 90_000 } as const
  await recordGroups(database.writer, [
    {
      ...parse({
        ...end,
        invocation_id: 'e',
        skill_name: 'Explore',
        ended_at: START_MS + 90_000,
        attributes: { total_tool_uses: 7 },
      }),
      uncorrelated: true,
    },
  ])
  expect(rowsOf(database.writer)).toMatchObject([
    {
      invocation_id: 'e',
      kind: 'agent',
      skill_name: 'Explore',
      outcome: 'completed',
      invoked_at_ms: START_MS,
    },
  ])
  await recordGroups(database.writer, [
    parse({
      ...shared,
      invocation_id: 'toolu_1',
      skill_name: 'Agent',
      witness: 'hook',
      invoked_at: START_MS + 5,
    }),
  ])
  expect(rowsOf(database.writer)).toMatchObject([
    {
      invocation_id: 'toolu_1',
      skill_name: 'Explore',
      outcome: 'completed',
      invoked_at_ms: START_MS + 5,
      ended_at_ms: START_MS + 90_000,
      execution_ms: 90_000,
      attributes: '{"total_tool_uses":7}',
      witnesses: 'hook,otel_log',
    },
  ])
  expect(recount(database.writer, NOW_MS)).toEqual([])
})

test('the time of a background sub-agent is not part of the call that started it', async () => {
  using database = openTestDatabase()
  const shared = { session_id: 's', kind: 'agent', skill_name: 'Explore', invoked_at: START_MS } as const
  const end = {
    ...shared,
    witness: 'otel_log',
    outcome: 'completed',
    execution_ms: 90_000,
    prompt_id: 'p2',
  } as const
  await recordGroups(database.writer, [
    parse({
      ...shared,
      invocation_id: 'toolu_1',
      prompt_id: 'p1',
      witness: 'otel_log',
      ended_at: START_MS + 9,
    }),
    { ...parse({ ...end, invocation_id: 'e', attributes: { is_async: true } }), uncorrelated: true },
  ])
  expect(rowsOf(database.writer)).toMatchObject([
    {
      invocation_id: 'toolu_1',
      prompt_id: 'p1',
      ended_at_ms: START_MS + 9,
      execution_ms: null,
      attributes: '{"is_async":true}',
    },
  ])
})

test('a call that turns out to belong to another session leaves its activation behind', async () => {
  using database = openTestDatabase()
  const shared = { prompt_id: 'p', invoked_at: START_MS, skill_name: 'x', kind: 'skill' } as const
  const call = { ...shared, invocation_id: 'c', witness: 'transcript' } as const
  await recordGroups(database.writer, [
    parse({ ...call, session_id: 's1' }),
    {
      ...parse({ ...shared, invocation_id: 'a', session_id: 's1', witness: 'otel_log' }),
      uncorrelated: true,
    },
  ])
  await recordGroups(database.writer, [parse({ ...call, session_id: 's2' })])
  expect(rowsOf(database.writer)).toMatchObject([
    { invocation_id: 'a', session_id: 's1', witnesses: 'otel_log' },
    { invocation_id: 'c', session_id: 's2', witnesses: 'transcript' },
  ])
})

test('the id of a deleted row is never used again, and a row has one change in a transaction', async () => {
  using database = openTestDatabase()
  const shared = {
    session_id: 's',
    prompt_id: 'p',
    invoked_at: START_MS,
    skill_name: 'x',
    kind: 'skill' as const,
  }
  await recordGroups(database.writer, [
    { ...parse({ ...shared, invocation_id: 'a', witness: 'otel_log' }), uncorrelated: true },
  ])
  await recordGroups(database.writer, [parse({ ...shared, invocation_id: 'c1' })])
  await recordGroups(database.writer, [parse({ ...shared, invocation_id: 'c2', session_id: 'other' })])
  const changes = readChanges(database.writer, PROJECT, 0, 10)
  const idOf = (change: (typeof changes)[0]) =>
    'invocation' in change
      ? change.invocation.invocation_id
      : 'invocation_id' in change && change.invocation_id
  expect(changes.map((change) => [change.op, idOf(change)])).toEqual([
    ['delete', 'a'],
    ['insert', 'c1'],
    ['delete', 'a'],
    ['insert', 'c2'],
  ])
})

function aParty(fields: Partial<Party> & Pick<Party, 'id' | 'began_at_ms'>): Party {
  return { kind: 'skill', skill_name: 'deploy', prompt_id: 'p', ended_at_ms: undefined, ...fields }
}

function parse(observation: Observation): ParsedObservation {
  return parsed(JSON.parse(JSON.stringify(observation)))
}
