import type { Observation } from '@skillwatch/schema'
import { anObservation, observationArbitrary } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { liveSeries, readChanges, recount, streamPosition, type Writer } from '../../src/index.ts'
import { arrangementsOf } from '../arrangements.ts'
import { createRecord, NOW_MS, openTestDatabase, PROJECT, parsed, witnessRecordsOf } from '../database.ts'

const MINUTE_MS = 60_000
const batches = fc.array(fc.array(observationArbitrary(), { minLength: 1, maxLength: 12 }), {
  minLength: 1,
  maxLength: 5,
})
/** Instants around now, so that live counting and the minute windows are at work. */
const liveBatches = fc.array(
  fc.array(observationArbitrary({ fromMs: NOW_MS - 26 * 60 * MINUTE_MS, untilMs: NOW_MS }), {
    minLength: 1,
    maxLength: 12,
  }),
  {
    minLength: 1,
    maxLength: 5,
  },
)

test('any order, repetition and grouping of observations gives the same rows and witnesses', async () => {
  const arrangements = arrangementsOf(fc.array(observationArbitrary(), { minLength: 1, maxLength: 20 }))
  await fc.assert(
    fc.asyncProperty(arrangements, async ([straight, mixed, groupSize]) => {
      using one = openTestDatabase()
      using two = openTestDatabase()
      await recordAll(one.writer, [straight])
      await recordAll(two.writer, chunk(mixed, groupSize))
      expect(contents(two.writer)).toEqual(contents(one.writer))
    }),
    { numRuns: 60 },
  )
})

test('an observation in two parts, in either order, gives the row of the whole', async () => {
  const inTwo = fc.tuple(observationArbitrary(), fc.infiniteStream(fc.boolean()), fc.boolean(), fc.boolean())
  await fc.assert(
    fc.asyncProperty(inTwo, async ([whole, choices, swapped, saysRunning]) => {
      using one = openTestDatabase()
      using two = openTestDatabase()
      const [start, end] = partition(whole, choices)
      const started =
        saysRunning && start.outcome === undefined ? { ...start, outcome: 'running' as const } : start
      await recordAll(one.writer, [
        saysRunning ? [whole, { ...required(whole), outcome: 'running' }] : [whole],
      ])
      await recordAll(two.writer, swapped ? [[end], [started]] : [[started], [end]])
      expect(contents(two.writer)).toEqual(contents(one.writer))
    }),
    { numRuns: 100 },
  )
})

test('after any sequence of observations every roll-up equals the recount', async () => {
  await fc.assert(
    fc.asyncProperty(batches, liveBatches, async (old, live) => {
      using database = openTestDatabase()
      for (const batch of [...old, ...live]) {
        await recordAll(database.writer, [batch])
        expect(recount(database.writer, NOW_MS)).toEqual([])
      }
    }),
    { numRuns: 60 },
  )
})

test('the sum of durations that came in one group is exact to the microsecond', async () => {
  using database = openTestDatabase()
  const observations = [0.1, 0.2].map((execution_ms) =>
    anObservation({ invocation_id: `id-${execution_ms}`, execution_ms }),
  )
  await recordAll(database.writer, [observations])
  expect(recount(database.writer, NOW_MS)).toEqual([])
})

test('the change log has one offset per change, in order and without a hole', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      using database = openTestDatabase()
      await recordAll(database.writer, all)
      const { last_offset } = streamPosition(database.writer, PROJECT)
      const offsets = readChanges(database.writer, PROJECT, 0, 10_000).map((change) => change.offset)
      expect(offsets).toEqual(Array.from({ length: last_offset }, (_, index) => index + 1))
    }),
    { numRuns: 60 },
  )
})

test('recount finds a roll-up that is off by one', async () => {
  using database = openTestDatabase()
  await recordAll(database.writer, [[anObservation({ invocation_id: 'a', agent_name: 'codex' })]])
  for (const table of [
    'skill_metrics',
    'skill_time_series',
    'skill_metrics_cache',
    'skill_duration_bucket',
    'session',
    'session_skills',
    'session_agent',
    'witness_outcome',
    'session_witness',
    'skill_live_series',
    'skill_live_bucket',
  ]) {
    const { sqlite } = database.writer
    expect(
      sqlite.prepare(`update ${table} set invocation_count = invocation_count + 1`).run().changes,
      table,
    ).toBe(1)
    expect(recount(database.writer, NOW_MS).map((difference) => difference.table)).toEqual([table])
    sqlite.exec(`update ${table} set invocation_count = invocation_count - 1`)
  }
  database.writer.sqlite.exec('delete from skill_change')
  expect(recount(database.writer, NOW_MS)).toMatchObject([
    { table: 'stream', stored: { changes: 1 }, counted: undefined },
  ])
})

test('whatever an observation says, the second time it is a duplicate', async () => {
  await fc.assert(
    fc.asyncProperty(observationArbitrary(), async (observation) => {
      using database = openTestDatabase()
      expect(await recordAll(database.writer, [[observation], [observation]])).toEqual([
        'accepted',
        'duplicate',
      ])
    }),
    { numRuns: 100, examples: [[anObservation({ invocation_id: 'a', attributes: { b: 1, a: 2 } })]] },
  )
})

test('the same observation twice changes nothing and says duplicate', async () => {
  using database = openTestDatabase()
  const observation = anObservation({ invocation_id: 'a', invoked_at: NOW_MS })
  expect(await recordAll(database.writer, [[observation]])).toEqual(['accepted'])
  const before = contents(database.writer)
  expect(await recordAll(database.writer, [[observation], [observation, observation]])).toEqual([
    'duplicate',
    'duplicate',
    'duplicate',
  ])
  expect(contents(database.writer)).toEqual(before)
  expect(streamPosition(database.writer, PROJECT).last_offset).toBe(1)
})

test('projects with equal ids do not meet', async () => {
  using database = openTestDatabase()
  database.writer.sqlite.exec(
    `insert into project (project_id, name, hash_key, created_at_ms) select 2, 'other', hash_key, 0 from project;
    insert into stream values (2, 'e', 0, 1)`,
  )
  const record = createRecord(database.writer)
  const observations = [parsed(anObservation({ invocation_id: 'a' }))]
  expect(
    await record(
      [
        { projectId: 1, observations },
        { projectId: 2, observations },
      ],
      NOW_MS,
    ),
  ).toEqual([['accepted'], ['accepted']])
  expect(
    [readChanges(database.writer, 1, 0, 9), readChanges(database.writer, 2, 0, 9)].map(
      (changes) => changes.length,
    ),
  ).toEqual([1, 1])
})

test('a user id and a query leave a keyed hash and a size, never their text', async () => {
  using database = openTestDatabase()
  await recordAll(database.writer, [
    [
      anObservation({ invocation_id: 'a', user_id: 'jane.doe', user_query: 'my secret plan' }),
      anObservation({ invocation_id: 'b', user_id: 'jane.doe' }),
    ],
  ])
  const [a, b] = readChanges(database.writer, PROJECT, 0, 2).map((change) =>
    'invocation' in change ? change.invocation : undefined,
  )
  expect(a?.user_hash).toMatch(/^[0-9a-f]{32}$/)
  expect(b?.user_hash).toBe(a?.user_hash)
  expect(a?.user_query_bytes).toBe(14)
  const bytes = database.writer.sqlite.serialize()
  expect([bytes.includes('jane.doe'), bytes.includes('my secret plan')]).toEqual([false, false])
})

test('a live counter counts an invocation once, when it first ends, and never moves it', async () => {
  using database = openTestDatabase()
  const start = anObservation({
    invocation_id: 'a',
    invoked_at: NOW_MS,
    outcome: 'running',
    execution_ms: undefined,
  })
  await recordAll(database.writer, [[start]])
  expect(liveSeries(database.writer, PROJECT)).toEqual([])
  await recordAll(database.writer, [[{ ...start, outcome: 'completed', execution_ms: 40 }]])
  await recordAll(database.writer, [[{ ...start, outcome: 'failed', execution_ms: 900 }]])
  expect(liveSeries(database.writer, PROJECT)).toMatchObject([
    { outcome: 'completed', invocation_count: 1, execution_ms_sum: 40 },
  ])
  expect(recount(database.writer, NOW_MS)).toEqual([])
})

test('backfill is in the roll-ups and moves no live counter', async () => {
  using database = openTestDatabase()
  await recordAll(database.writer, [
    [
      anObservation({ invocation_id: 'old', invoked_at: NOW_MS - 16 * MINUTE_MS }),
      anObservation({ invocation_id: 'new', invoked_at: NOW_MS - 14 * MINUTE_MS }),
    ],
  ])
  expect(liveSeries(database.writer, PROJECT)).toMatchObject([{ invocation_count: 1 }])
  expect(database.writer.sqlite.prepare('select invocation_count from skill_metrics').pluck().all()).toEqual(
    [2],
  )
})

async function recordAll(writer: Writer, groups: Observation[][]): Promise<string[]> {
  const record = createRecord(writer)
  const outcomes: string[] = []
  for (const group of groups) {
    const observations = group.map((each) => parsed(drop(each)))
    outcomes.push(...(await record([{ projectId: PROJECT, observations }], NOW_MS)).flat())
  }
  return outcomes
}

/** Each stated field goes to one of both parts; what every observation needs is in both. */
function partition(whole: Observation, choices: Iterable<boolean>): [Observation, Observation] {
  const parts: [Observation, Observation] = [required(whole), required(whole)]
  const random = choices[Symbol.iterator]()
  for (const [field, value] of Object.entries(whole)) {
    if (!(field in parts[0])) Object.assign(parts[random.next().value ? 1 : 0], { [field]: value })
  }
  return parts
}

/** What names the invocation and its witness. */
function required({ invocation_id, skill_name, session_id, witness }: Observation): Observation {
  return drop({ invocation_id, skill_name, session_id, witness })
}

/** Without fields that are undefined: JSON has none. */
function drop(observation: Observation): Observation {
  return JSON.parse(JSON.stringify(observation))
}

/**
 * Everything observations determine: rows and witness states, without what arrival gives: keys, positions,
 * live counting.
 */
function contents(writer: Writer) {
  const { sqlite } = writer
  const rows = sqlite.prepare('select * from skill_invocation order by invocation_id').all() as Record<
    string,
    unknown
  >[]
  const rollUps = [
    'skill_metrics',
    'skill_time_series',
    'skill_duration_bucket',
    'session',
    'session_skills',
    'session_agent',
    'witness_outcome',
    'session_witness',
  ].map((table) => sqlite.prepare(`select * from ${table}`).all())
  return {
    rows: rows
      .map(({ row_id: _, live_series_id: __, live_execution_ms: ___, sole_record: ____, ...row }) => row)
      .map((row) => ({
        ...row,
        user_hash: row.user_hash !== null,
        user_query_hash: row.user_query_hash !== null,
      })),
    witnesses: witnessRecordsOf(writer).map((each) => ({
      ...each,
      fields: Object.keys(each.fields).toSorted(),
    })),
    rollUps,
  }
}

function chunk<T>(list: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  )
}
