import { readFileSync } from 'node:fs'
import { setTimeout as nextTurn } from 'node:timers/promises'
import { type ParsedObservation, parsePrompt, parseSessionEnd, parseSpan } from '@skillwatch/schema'
import { anObservation, fixedClock, observationArbitrary } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createProject,
  createRecorder,
  type DeletionSelector,
  liveSeries,
  type Recorder,
  readChanges,
  recount,
  StorageUnavailableError,
  streamPosition,
  type Writer,
} from '../../src/index.ts'
import { createRecord, NOW_MS, openTestDatabase, PROJECT, parsed } from '../database.ts'

const HOUR_MS = 3_600_000
const selector: fc.Arbitrary<DeletionSelector> = fc.oneof(
  fc.constantFrom('session-1', 'session-2').map((session_id) => ({ session_id })),
  fc.constantFrom('u-1', 'u-2').map((user_id) => ({ user_id })),
  fc.constantFrom('claude-code', 'other-agent').map((agent_name) => ({ agent_name })),
  fc.constantFrom('pdf-fill', 'deploy').map((skill_name) => ({ skill_name })),
  fc.integer({ min: 0, max: 26 }).map((hours) => ({ before_ms: NOW_MS - hours * HOUR_MS })),
  fc.constant({ everything: true } as const),
)
const observations = fc.array(observationArbitrary({ fromMs: NOW_MS - 26 * HOUR_MS, untilMs: NOW_MS }), {
  minLength: 1,
  maxLength: 25,
})

test('a deletion removes exactly what it selects, roll-ups equal the recount, counters never fall', async () => {
  await fc.assert(
    fc.asyncProperty(observations, selector, async (all, what) => {
      using database = openTestDatabase()
      const { writer } = database
      await record(
        writer,
        all.map((each) => parsed(each)),
      )
      const before = rowsOf(writer)
      const counters = liveSeries(writer, PROJECT)
      await using recorder = createRecorder(writer, {
        queueItemsMax: 100,
        groupRowsMax: 3,
        now: () => NOW_MS,
      })
      const receipt = await recorder.delete(PROJECT, what)
      const kept = rowsOf(writer)
      expect(kept.length).toBe(before.length - receipt.invocations)
      expect(before.filter((row) => kept.some((each) => each.row_id === row.row_id))).toEqual(kept)
      expect(await recorder.delete(PROJECT, what)).toMatchObject({ invocations: 0, first_offset: null })
      expect(recount(writer, NOW_MS)).toEqual([])
      if ('skill_name' in what)
        expect(liveSeries(writer, PROJECT).some((each) => each.skill_name === what.skill_name)).toBe(false)
      else if ('everything' in what) expect([kept, liveSeries(writer, PROJECT)]).toEqual([[], []])
      else expect(liveSeries(writer, PROJECT)).toEqual(counters)
    }),
    { numRuns: 30 },
  )
})

test('followers get each deletion, and earlier changes of deleted rows read as deletions', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await record(writer, [
    parsed(anObservation({ invocation_id: 'gone', session_id: 's1' })),
    parsed(anObservation({ invocation_id: 'kept', session_id: 's2' })),
  ])
  await using recorder = createRecorder(writer, { queueItemsMax: 100, now: fixedClock })
  expect(await recorder.delete(PROJECT, { session_id: 's1' })).toMatchObject({
    invocations: 1,
    first_offset: 3,
    last_offset: 3,
  })
  expect(readChanges(writer, PROJECT, 0, 10).map((change) => change.op)).toEqual([
    'delete',
    'insert',
    'delete',
  ])
  expect(streamPosition(writer, PROJECT).last_offset).toBe(3)
})

test('nothing of a deleted session is left in the bytes of the file', async () => {
  using database = openTestDatabase()
  const { writer } = database
  const many = Array.from({ length: 200 }, (_, i) =>
    parsed(
      anObservation({
        invocation_id: `i-${i}`,
        session_id: `private-session-${i % 2}`,
        prompt_id: `prompt-${i % 5}`,
        error_type: `PrivateError${i % 2}`,
      }),
    ),
  )
  await record(writer, many)
  await using recorder = createRecorder(writer, { queueItemsMax: 100, now: fixedClock })
  await recorder.delete(PROJECT, { session_id: 'private-session-1' })
  await recorder.finalise()
  const bytes = Buffer.concat([readFileSync(writer.path), readFileSync(`${writer.path}-wal`)])
  expect([bytes.includes('private-session-1'), bytes.includes('PrivateError1')]).toEqual([false, false])
  expect([bytes.includes('private-session-0'), bytes.includes('PrivateError0')]).toEqual([true, true])
})

function taken(result: ReturnType<typeof parsePrompt>): ParsedObservation {
  if ('pointer' in result) throw new Error(`${result.pointer} ${result.reason}`)
  return result.observation
}

/** Something of every kind that is recorded, by an agent in a session of each name. */
async function recordAllKinds(recorder: Recorder, projectId: number, agent_name: string): Promise<void> {
  const session_id = `session-of-${agent_name}`
  const call = (fields: object) => parsed(anObservation({ agent_name, session_id, ...fields }))
  const trace = { trace_id: agent_name.padEnd(32, '0'), span_id: '0000000000000001' }
  await recorder.record(projectId, [
    call({ invocation_id: `a-${agent_name}`, prompt_id: 'p', user_id: 'ada' }),
    call({ invocation_id: `b-${agent_name}`, kind: 'agent', skill_name: 'reviewer' }),
    { ...call({ invocation_id: `c-${agent_name}` }), witness: 'otel_log', uncorrelated: true },
    {
      ...call({ invocation_id: `d-${agent_name}` }),
      witness: 'otel_span',
      span: { ...trace, role: 'call' },
    },
    taken(parseSpan({ invocation_id: 'x', agent_name }, { ...trace, span_id: '2', role: 'call' }, NOW_MS)),
    taken(parsePrompt({ session_id, prompt_id: 'p', agent_name, began_at: NOW_MS }, NOW_MS)),
    taken(parseSessionEnd({ session_id, ended_at: NOW_MS }, NOW_MS)),
  ])
  const request = { session_id, agent_name, prompt_id: 'p', requested_at_ms: NOW_MS, output_tokens: 1 }
  await recorder.recordApiRequests(projectId, [{ ...request, request_id: `r-${agent_name}` }])
  const agentCall = { session_id, agent_id: 'g', invocation_id: `b-${agent_name}`, seen_at_ms: NOW_MS }
  await recorder.recordAgentCalls(projectId, [agentCall])
  await recorder.deriveTurns()
}

/** The rows of every table that holds data of projects, by table. */
function tablesOf({ sqlite }: Writer, projectId: number): Map<string, unknown[]> {
  const names = sqlite
    .prepare<[], string>(
      `select m.name from sqlite_schema m join pragma_table_info(m.name) c on c.name = 'project_id'
        where m.type = 'table' order by 1`,
    )
    .pluck()
    .all()
  return new Map(
    names.map((name) => [
      name,
      sqlite.prepare<[number]>(`select * from "${name}" where project_id = ?`).all(projectId),
    ]),
  )
}

function filledTables(writer: Writer, projectId: number): string[] {
  return [...tablesOf(writer, projectId)].flatMap(([table, rows]) => (rows.length > 0 ? table : []))
}

test('nothing of a deleted agent is left in the bytes of the file, and all of another agent stays', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await using recorder = createRecorder(writer, { queueItemsMax: 100, groupRowsMax: 1, now: fixedClock })
  await recordAllKinds(recorder, PROJECT, 'kept')
  const before = tablesOf(writer, PROJECT)
  await recordAllKinds(recorder, PROJECT, 'gone')
  const receipt = await recorder.delete(PROJECT, { agent_name: 'gone' })
  expect(receipt).toMatchObject({ invocations: 3, uncorrelated_observations: 1, api_requests: 1 })
  await recorder.finalise()
  // The ids of deleted calls and uses stay, for followers of the log.
  const named = [...tablesOf(writer, PROJECT)].filter(([, rows]) => JSON.stringify(rows).includes('gone'))
  expect(named.map(([table]) => table)).toEqual(['skill_tombstone', 'skill_use_tombstone'])
  const bytes = Buffer.concat([readFileSync(writer.path), readFileSync(`${writer.path}-wal`)])
  expect(bytes.includes('session-of-gone')).toBe(false)
  const after = tablesOf(writer, PROJECT)
  for (const table of ['skill_invocation', 'api_request', 'prompt', 'turn', 'skill_use', 'agent_call'])
    expect(after.get(table), table).toEqual(before.get(table))
  expect(recount(writer, NOW_MS)).toEqual([])
})

test('after everything of a project is deleted, its log and keys are left, and other projects whole', async () => {
  using database = openTestDatabase()
  const { writer } = database
  const other = createProject(writer, 'other', NOW_MS).project_id
  {
    await using recorder = createRecorder(writer, { queueItemsMax: 100, now: fixedClock })
    for (const project of [PROJECT, other]) {
      for (const agent of ['one', 'two']) await recordAllKinds(recorder, project, agent)
      // More than the calls and requests, so that they need steps of their own.
      const empty = Array.from({ length: 12 }, (_, index) => `without-calls-${index}`)
      await recorder.record(
        project,
        empty.map((session_id) => taken(parseSessionEnd({ session_id, ended_at: NOW_MS }, NOW_MS))),
      )
    }
    await recorder.deriveTurns()
  }
  expect(filledTables(writer, PROJECT).length).toBeGreaterThan(20)
  const whole = tablesOf(writer, other)
  await using recorder = createRecorder(writer, { queueItemsMax: 100, groupRowsMax: 1, now: fixedClock })
  const receipt = await recorder.delete(PROJECT, { everything: true })
  await recorder.finalise()
  expect(receipt).toMatchObject({ invocations: 6, api_requests: 2 })
  // The categories and modalities are those that every project begins with.
  const seed = ['skill_categories', 'skill_modalities']
  const log = ['skill_change', 'skill_tombstone', 'skill_use_tombstone', 'stream']
  const kept = ['deletion', 'project', ...seed, ...log].sort()
  expect(filledTables(writer, PROJECT)).toEqual(kept)
  expect(readChanges(writer, PROJECT, 0, 100).every(({ op }) => op === 'delete')).toBe(true)
  expect(tablesOf(writer, other)).toEqual(whole)
  expect(recount(writer, NOW_MS)).toEqual([])
})

test('pages that were split while full keep no copy of what is deleted', async () => {
  using database = openTestDatabase()
  const { writer } = database
  const random = pseudoRandom(7)
  // Rows of all sizes under scattered keys, so that pages of tables and indexes are split in their middle.
  const calls = Array.from({ length: 4_000 }, (_, i) => {
    const session_id = random() < 0.2 ? 'private-session' : `kept-${Math.floor(random() * 9)}`
    const attributes = { note: 'x'.repeat(1 + random() * 900) }
    return parsed(anObservation({ invocation_id: `${random()}-${i}`, session_id, attributes }))
  })
  for (let i = 0; i < calls.length; i += 500) await record(writer, calls.slice(i, i + 500))
  await using recorder = createRecorder(writer, { queueItemsMax: 100, now: fixedClock })
  await recorder.delete(PROJECT, { session_id: 'private-session' })
  await recorder.finalise()
  expect(readFileSync(writer.path).includes('private-session')).toBe(false)
  expect(recount(writer, NOW_MS)).toEqual([])
})

test('what is recorded while the file is written anew waits and is stored', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await record(writer, [parsed(anObservation({ invocation_id: 'gone', session_id: 's1' }))])
  await using recorder = createRecorder(writer, { queueItemsMax: 1_000, now: fixedClock, groupDelayMs: 0 })
  const deletion = recorder.delete(PROJECT, { session_id: 's1' })
  let isDeleting = true
  void deletion
    .then(() => recorder.finalise())
    .then(() => {
      isDeleting = false
    })
  const stored: Promise<unknown>[] = []
  for (let i = 0; isDeleting; i++) {
    stored.push(
      recorder.record(PROJECT, [parsed(anObservation({ invocation_id: `call-${i}`, session_id: 's2' }))]),
    )
    await nextTurn(1)
  }
  await Promise.all(stored)
  expect(await deletion).toMatchObject({ invocations: 1 })
  expect(rowsOf(writer)).toHaveLength(stored.length)
  expect(recorder.lastError).toBeUndefined()
})

test.each([
  ['waits', undefined],
  ['is refused when it may not wait', 0],
])('any other change %s while the file is written anew', async (_, writeWaitMsMax) => {
  using database = openTestDatabase()
  const { writer } = database
  await record(writer, [parsed(anObservation({ session_id: 's1' }))])
  await using recorder = createRecorder(writer, {
    queueItemsMax: 10,
    now: fixedClock,
    ...(writeWaitMsMax === 0 && { writeWaitMsMax }),
  })
  let isDeleting = true
  const deletion = recorder.delete(PROJECT, { session_id: 's1' })
  void deletion
    .then(() => recorder.finalise())
    .finally(() => {
      isDeleting = false
    })
  const refusals: unknown[] = []
  const changes: Promise<unknown>[] = []
  while (isDeleting) {
    const change = recorder.changeProject('default', { store_text: [] })
    changes.push(change.catch((error: unknown) => refusals.push(error)))
    await nextTurn(1)
  }
  await Promise.all(changes)
  expect(refusals.length > 0).toBe(writeWaitMsMax === 0)
  for (const reason of refusals) expect(reason).toBeInstanceOf(StorageUnavailableError)
  expect(await deletion).toMatchObject({ invocations: 1 })
})

test('a session is found by its own id also when that held a secret and is stored as a hash', async () => {
  using database = openTestDatabase()
  const { writer } = database
  const session_id = `run-ghp_${'a1B2'.repeat(9)}`
  await record(writer, [parsed(anObservation({ session_id }))])
  expect(rowsOf(writer)[0]).not.toMatchObject({ session_id })
  await using recorder = createRecorder(writer, { queueItemsMax: 10, now: fixedClock })
  expect(await recorder.delete(PROJECT, { session_id })).toMatchObject({ invocations: 1 })
})

async function record(writer: Writer, all: ParsedObservation[]): Promise<void> {
  await createRecord(writer)([{ projectId: PROJECT, observations: all }], NOW_MS)
}

function rowsOf({ sqlite }: Writer) {
  return sqlite.prepare('select * from skill_invocation order by row_id').all() as Record<string, unknown>[]
}

/**
 * Numbers from 0 to 1 that are the same in every run (Lehmer's generator with Park and Miller's constants).
 */
function pseudoRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
