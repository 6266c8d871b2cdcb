import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { ApiRequest, ParsedObservation } from '@skillwatch/schema'
import { KINDS, OUTCOMES, SPAN_ROLES, WITNESSES } from '@skillwatch/schema'
import { temporaryFolder } from '@skillwatch/testkit'
import { describe, expect, test } from 'vitest'
import * as db from '../src/index.ts'
import { createRecordApiRequests } from '../src/sqlite/recording/api-requests.ts'
import { SqliteRecordingStorage } from '../src/sqlite/recording/storage.ts'
import { createRecord } from './database.ts'

/** What a read function of version 7 gave. */
interface Answer {
  readonly function: string
  /** Of functions that are asked about one project. */
  readonly project?: string
  readonly arguments: readonly unknown[]
  readonly value: unknown
}

/** As much of a change as is looked at here. */
interface LoggedChange {
  readonly op: string
  readonly invocation?: {
    readonly kind: string
    readonly outcome: string
    readonly witnesses: readonly string[]
  }
}

/** What was recorded in one transaction. */
interface Group {
  readonly project: string
  readonly observations: readonly ParsedObservation[]
  /** Places of spans whose call has not been recorded yet. */
  readonly waiting?: readonly number[]
}

/** How a copy of the database went on with version 7. */
interface Later {
  readonly now_ms: number
  readonly projects: readonly string[]
  /** Each was recorded in one transaction, in all projects. */
  readonly recorded: readonly (readonly ParsedObservation[])[]
  readonly outcomes: readonly db.RecordOutcome[][][]
  readonly after_recording: readonly Answer[]
  /** By project. */
  readonly deletions: Readonly<Record<string, readonly db.DeletionSelector[]>>
  readonly after_deleting: readonly Answer[]
}

/** Summaries of durations were called `span`, as the spans of observations still are. */
function isSummary(key: string, value: unknown): boolean {
  return key === 'span' && typeof value === 'object' && value !== null && 'p50_ms' in value
}

const KEYS: Readonly<Record<string, string>> = {
  span_ms: 'elapsed_ms',
  span_count: 'elapsed_count',
  span_ms_sum: 'elapsed_ms_sum',
  span_mean_ms: 'elapsed_mean_ms',
  statements: 'witness_records',
  stated: 'reported',
  activation_id: 'observation_id',
  unanchored: 'uncorrelated',
}
const ROLES: Readonly<Record<string, string>> = {
  divided_call: 'composite_call',
  part: 'phase',
  around: 'context',
}

const expected = JSON.parse(unpacked('expected.json.gz').toString()) as {
  now_ms: number
  results: readonly Answer[]
}
const groups = renamed(lines<Group>('observations.ndjson.gz')) as readonly Group[]
const apiRequests = lines<{ project: string; api_requests: readonly ApiRequest[] }>('api-requests.ndjson.gz')
const later = renamed(JSON.parse(unpacked('later.json.gz').toString())) as Later
const functions = [...new Set(expected.results.map((answer) => answer.function))]

/** A value of version 7 as this version calls its parts. */
function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      isSummary(key, each) ? 'elapsed' : (KEYS[key] ?? key),
      key === 'role' ? (ROLES[each as string] ?? each) : renamed(each),
    ]),
  )
}

/** Version 7 estimated all quantiles, without bounds, and had no places. */
const NOT_COMPARED = /^(p\d\d_ms(_min|_max)?|store_places)$/

function compared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compared)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => !NOT_COMPARED.test(key))
  return Object.fromEntries(kept.map(([key, each]) => [key, compared(each)]))
}

/** The same answer, asked of this version. */
function asked(reader: db.Reader, { function: name, project, arguments: given }: Answer): unknown {
  const read = (db as unknown as Record<string, (reader: db.Reader, ...given: unknown[]) => unknown>)[name]!
  const value =
    project === undefined ? read(reader, ...given) : read(reader, idOf(reader, project), ...given)
  return compared(asJson(value ?? null))
}

function answersOf(name: string): readonly Answer[] {
  return expected.results.filter((answer) => answer.function === name)
}

function expectTheSame(reader: db.Reader, answers: readonly Answer[]): void {
  for (const answer of answers) {
    const { project, arguments: given } = answer
    expect({ project, given, value: asked(reader, answer) }).toEqual({
      project,
      given,
      value: compared(renamed(answer.value)),
    })
  }
}

/**
 * The same for what was recorded later: by now each row has one change in a transaction, so the log is
 * compared by the state in which it ends.
 */
function expectTheSameStates(reader: db.Reader, answers: readonly Answer[]): void {
  for (const answer of answers) {
    if (answer.function === 'streamPosition') continue
    const [value, before] = [asked(reader, answer), withoutContradiction(compared(renamed(answer.value)))]
    const { project, arguments: given } = answer
    if (answer.function === 'readChanges') expect(finalStates(value)).toEqual(finalStates(before))
    else if (answer.function === 'liveSeries') expect(countedSeries(value)).toEqual(countedSeries(before))
    else expect({ project, given, value }).toEqual({ project, given, value: before })
  }
}

/**
 * Version 7 left series without a call when it took a count back, and so gave other ids to later ones. It
 * also did not count a result that was reported alone, later than 15 minutes after the begin of its call.
 */
function countedSeries(series: unknown): unknown {
  const all = series as { series_id: number; skill_name: string; invocation_count: number }[]
  return all
    .filter(
      ({ invocation_count, skill_name }) => invocation_count > 0 && skill_name !== 'tool-of-all-outcomes',
    )
    .map(({ series_id: _, ...rest }) => rest)
}

/**
 * Everything that is left was left by version 7 too. More is deleted with a user now: calls that carry no
 * user, in the sessions of that user.
 */
function expectAtMost(reader: db.Reader, answers: readonly Answer[]): void {
  for (const answer of answers.filter((each) => each.function === 'readChanges')) {
    const left = Object.entries(finalStates(asked(reader, answer))).filter(
      ([, state]) => state !== 'deleted',
    )
    expect(finalStates(withoutContradiction(renamed(answer.value)))).toMatchObject(Object.fromEntries(left))
  }
}

/** Version 7 merged clocks that contradict each other into an end before the begin; it is the begin now. */
function withoutContradiction(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutContradiction)
  if (typeof value !== 'object' || value === null) return value
  const all = Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withoutContradiction(each)]),
  )
  const { invoked_at, ended_at } = all as { invoked_at?: string; ended_at?: string }
  const isBefore =
    'witnesses' in all && invoked_at !== undefined && ended_at !== undefined && ended_at < invoked_at
  return isBefore ? { ...all, ended_at: invoked_at } : all
}

function finalStates(changes: unknown): Record<string, unknown> {
  const all = changes as { op: string; invocation_id?: string; invocation?: { invocation_id: string } }[]
  return Object.fromEntries(
    all.map((change) => [
      change.invocation?.invocation_id ?? change.invocation_id,
      change.invocation ?? 'deleted',
    ]),
  )
}

/** Records what came later. */
async function recordLater(writer: db.Writer): Promise<db.RecordOutcome[][][]> {
  const record = createRecord(writer)
  const outcomes: db.RecordOutcome[][][] = []
  for (const observations of later.recorded) {
    const jobs = later.projects.map((project) => ({ projectId: idOf(writer, project), observations }))
    outcomes.push(await record(jobs, later.now_ms))
  }
  return outcomes
}

/** Deletes what was deleted later. */
async function deleteLater(writer: db.Writer): Promise<void> {
  await using recorder = db.createRecorder(writer, { queueItemsMax: 1, now: () => later.now_ms })
  for (const [project, selectors] of Object.entries(later.deletions)) {
    for (const selector of selectors) await recorder.delete(idOf(writer, project), selector)
  }
}

/** Records a group once more. */
async function sentAgain(writer: db.Writer, record: ReturnType<typeof createRecord>, group: Group) {
  const job = { projectId: idOf(writer, group.project), observations: group.observations }
  return (await record([job], expected.now_ms))[0]
}

function outcomesAgain({ observations, waiting = [] }: Group): db.RecordOutcome[] {
  return observations.map((_, index) => (waiting.includes(index) ? 'waiting' : 'duplicate'))
}

function idOf(reader: db.Reader, project: string): number {
  return db.findProject(reader, project)!.project_id
}

/** A copy of the database as version 7 left it; gone after the test. */
function openVersion7(): { writer: db.Writer } & Disposable {
  const folder = temporaryFolder()
  const path = join(folder.path, 'skillwatch.db')
  writeFileSync(path, unpacked('skillwatch.db.gz'))
  const writer = db.openWriter(`sqlite:${path}`, { integrityCheck: 'full' })
  writer.sqlite.pragma('synchronous = off')
  return {
    writer,
    [Symbol.dispose]() {
      writer.close()
      folder[Symbol.dispose]()
    },
  }
}

function openMigrated(): ReturnType<typeof openVersion7> {
  const database = openVersion7()
  db.migrateUp(database.writer, expected.now_ms)
  return database
}

function unpacked(name: string): Buffer {
  return gunzipSync(readFileSync(new URL(`./fixtures/v7/${name}`, import.meta.url)))
}

function lines<T>(name: string): T[] {
  const text = unpacked(name).toString()
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]))
}

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

describe('what version 7 has written', () => {
  test('has seven migrations', () => {
    using database = openVersion7()
    const applied = db
      .migrationStatus(database.writer)
      .filter(({ applied_at_ms }) => applied_at_ms !== undefined)
    expect(applied.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  test('holds every witness, kind and outcome, every sort of span, observations alone, deletions', () => {
    const changes = answersOf('readChanges').flatMap((answer) => answer.value as LoggedChange[])
    const rows = changes.flatMap(({ invocation }) => invocation ?? [])
    const observations = groups.flatMap((group) => group.observations)
    expect(new Set(rows.flatMap(({ witnesses }) => witnesses))).toEqual(new Set(WITNESSES))
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(KINDS))
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(OUTCOMES))
    expect(new Set(observations.flatMap(({ span }) => span?.role ?? []))).toEqual(new Set(SPAN_ROLES))
    expect(observations.some(({ uncorrelated }) => uncorrelated)).toBe(true)
    expect(groups.some(({ waiting = [] }) => waiting.length > 0)).toBe(true)
    expect(changes.some(({ op }) => op === 'delete')).toBe(true)
  })
})

describe('a database that version 7 has written, migrated', () => {
  test.each(functions)('gives the same by %s', (name) => {
    using database = openMigrated()
    expectTheSame(database.writer, answersOf(name))
  })

  test('has sums that equal what counting gives', () => {
    using database = openMigrated()
    expect(db.recount(database.writer, expected.now_ms)).toEqual([])
  })

  test.each([
    { order: 'the same order', again: groups },
    { order: 'the opposite order', again: groups.toReversed() },
  ])('knows everything that is sent again in $order, and changes nothing', async ({ again }) => {
    using database = openMigrated()
    const { writer } = database
    const record = createRecord(writer)
    for (const group of again) expect(await sentAgain(writer, record, group)).toEqual(outcomesAgain(group))
    const recordApiRequests = createRecordApiRequests(writer, new SqliteRecordingStorage(writer))
    for (const { project, api_requests } of apiRequests)
      recordApiRequests(idOf(writer, project), api_requests, expected.now_ms)
    expectTheSame(writer, expected.results)
    expect(db.recount(writer, expected.now_ms)).toEqual([])
  })

  test('later observations and deletions give the same as with version 7', async () => {
    using database = openMigrated()
    const { writer } = database
    expect(await recordLater(writer)).toEqual(later.outcomes)
    expectTheSameStates(writer, later.after_recording)
    expect(db.recount(writer, later.now_ms)).toEqual([])
    await deleteLater(writer)
    expectAtMost(writer, later.after_deleting)
    expect(db.recount(writer, later.now_ms)).toEqual([])
  })
})
