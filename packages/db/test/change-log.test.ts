import { anObservation, fixedClock, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { changes, createRecorder, type LoggedChange, openReader, readChanges } from '../src/index.ts'
import { createRecord, NOW_MS, openTestDatabase, PROJECT, parsed } from './database.ts'

test('following the log gives every change once and in order, earlier and new ones', async () => {
  using database = openTestDatabase()
  using reader = openReader(database.url)
  await using recorder = createRecorder(database.writer, { queueItemsMax: 10_000, now: fixedClock })
  const record = (from: number, to: number) =>
    recorder.record(
      PROJECT,
      Array.from({ length: to - from }, (_, i) => parsed(anObservation({ invocation_id: `i-${from + i}` }))),
    )
  await record(0, 1_200)
  const stop = new AbortController()
  const seen: LoggedChange[] = []
  const invocations = () => seen.filter((change) => 'invocation' in change)
  const following = (async () => {
    for await (const page of changes(reader, PROJECT, 0, { signal: stop.signal })) seen.push(...page)
  })()
  await until(() => invocations().length === 1_200)
  await record(1_200, 1_300)
  await until(() => invocations().length === 1_300)
  stop.abort()
  await following
  expect(seen.map(({ offset }) => offset)).toEqual(Array.from(seen, (_, index) => index + 1))
  expect(invocations().map(({ invocation }) => invocation.invocation_id)).toEqual(
    Array.from({ length: 1_300 }, (_, index) => `i-${index}`),
  )
})

test('a change shows the row with the values it has when it is read', async () => {
  using database = openTestDatabase()
  await using recorder = createRecorder(database.writer, { queueItemsMax: 10, now: fixedClock })
  await recorder.record(PROJECT, [
    parsed(anObservation({ invocation_id: 'a', outcome: 'running', execution_ms: undefined })),
  ])
  await recorder.record(PROJECT, [parsed(anObservation({ invocation_id: 'a', outcome: 'failed' }))])
  const stop = new AbortController()
  for await (const page of changes(database.writer, PROJECT, 0, { signal: stop.signal })) {
    expect(page.map((change) => [change.op, 'invocation' in change && change.invocation.outcome])).toEqual([
      ['insert', 'failed'],
      ['update', 'failed'],
    ])
    stop.abort()
  }
})

test('a page of large rows ends early, and the pages together hold every change', async () => {
  using database = openTestDatabase()
  const text = '名'.repeat(1_000)
  const attributes = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`key-${index}`, text]))
  const observations = Array.from({ length: 100 }, () => parsed(anObservation({ attributes })))
  await createRecord(database.writer)([{ projectId: PROJECT, observations }], NOW_MS)
  using reader = openReader(database.url)
  const pages: number[] = []
  for (let offset = 0; offset < 100; offset += pages.at(-1)!)
    pages.push(readChanges(reader, PROJECT, offset, 1_000).length)
  expect(Math.max(...pages)).toBeLessThan(100)
  expect(pages.reduce((sum, length) => sum + length)).toBe(100)
  expect(readChanges(reader, PROJECT, 100, 1_000)).toEqual([])
})

test('uses and turns are in the log as they are now, and as deleted when they are gone', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await using recorder = createRecorder(writer, { queueItemsMax: 10, now: fixedClock })
  const call = { session_id: 's', prompt_id: 'p', skill_name: 'plan', invocation_id: 'a' }
  await recorder.record(PROJECT, [parsed(anObservation(call))])
  await recorder.deriveTurns()
  await recorder.record(PROJECT, [
    parsed(anObservation({ ...call, invocation_id: 'b', kind: 'tool', invoked_at: NOW_MS + 1 })),
  ])
  await recorder.deriveTurns()
  const derived = () => readChanges(writer, PROJECT, 0, 100).filter((change) => !isOfInvocation(change))
  expect(derived()).toMatchObject([
    { op: 'insert', use_row: { use_id: 'a', calls: 1 } },
    { op: 'insert', turn_row: { prompt_id: 'p', calls: 2 } },
    { op: 'update', use_row: { use_id: 'a', calls: 1 } },
    { op: 'update', turn_row: { prompt_id: 'p', calls: 2 } },
  ])
  await recorder.delete(PROJECT, { session_id: 's' })
  expect(derived().map(({ op }) => op)).toEqual(Array(6).fill('delete'))
  expect(derived().map((change) => Object.keys(change).at(-1))).toEqual([
    'use_id',
    'turn_id',
    'use_id',
    'turn_id',
    'use_id',
    'turn_id',
  ])
})

function isOfInvocation(change: LoggedChange): boolean {
  return 'invocation' in change || 'invocation_id' in change
}
