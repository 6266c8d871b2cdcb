import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { ApiRequest, ParsedObservation } from '@skillwatch/schema'
import { KINDS, OUTCOMES, SPAN_ROLES, WITNESSES } from '@skillwatch/schema'
import { temporaryFolder } from '@skillwatch/testkit'
import { describe, expect, test } from 'vitest'
import * as db from '../src/index.ts'
import { createRecordApiRequests } from '../src/recording/api-requests.ts'

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
  /** Places of spans whose call nobody has told of yet. */
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

const expected = JSON.parse(unpacked('expected.json.gz').toString()) as {
  now_ms: number
  results: readonly Answer[]
}
const groups = lines<Group>('observations.ndjson.gz')
const apiRequests = lines<{ project: string; api_requests: readonly ApiRequest[] }>('api-requests.ndjson.gz')
const later = JSON.parse(unpacked('later.json.gz').toString()) as Later
const NOW_MS = expected.now_ms
const functions = [...new Set(expected.results.map((answer) => answer.function))]

/** A value of version 7 as this version calls its parts. */
function renamed(value: unknown): unknown {
  return value
}

/** The same answer, asked of this version. */
function asked(reader: db.Reader, { function: name, project, arguments: given }: Answer): unknown {
  const read = (db as unknown as Record<string, (reader: db.Reader, ...given: unknown[]) => unknown>)[name]!
  const value =
    project === undefined ? read(reader, ...given) : read(reader, idOf(reader, project), ...given)
  return asJson(value ?? null)
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
      value: renamed(answer.value),
    })
  }
}

/** Records what came later. */
function recordLater(writer: db.Writer): db.RecordOutcome[][][] {
  const record = db.createRecord(writer)
  return later.recorded.map((observations) => {
    const jobs = later.projects.map((project) => ({ projectId: idOf(writer, project), observations }))
    return record(jobs, later.now_ms)
  })
}

/** Deletes what was deleted later. */
async function deleteLater(writer: db.Writer): Promise<void> {
  await using recorder = db.createRecorder(writer, { queueItemsMax: 1, now: () => later.now_ms })
  for (const [project, selectors] of Object.entries(later.deletions)) {
    for (const selector of selectors) await recorder.delete(idOf(writer, project), selector)
  }
}

/** Records a group once more. */
function sentAgain(writer: db.Writer, record: ReturnType<typeof db.createRecord>, group: Group) {
  return record([{ projectId: idOf(writer, group.project), observations: group.observations }], NOW_MS)[0]
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
  db.migrateUp(database.writer, NOW_MS)
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

  test('holds every witness, kind and outcome, every sort of span, sightings without a call, and deletions', () => {
    const changes = answersOf('readChanges').flatMap((answer) => answer.value as LoggedChange[])
    const rows = changes.flatMap(({ invocation }) => invocation ?? [])
    const observations = groups.flatMap((group) => group.observations)
    expect(new Set(rows.flatMap(({ witnesses }) => witnesses))).toEqual(new Set(WITNESSES))
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(KINDS))
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(OUTCOMES))
    expect(new Set(observations.flatMap(({ span }) => span?.role ?? []))).toEqual(new Set(SPAN_ROLES))
    expect(observations.some(({ unanchored }) => unanchored)).toBe(true)
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
    expect(db.recount(database.writer, NOW_MS)).toEqual([])
  })

  test.each([
    { order: 'the same order', again: groups },
    { order: 'the opposite order', again: groups.toReversed() },
  ])('knows everything that is sent again in $order, and changes nothing', ({ again }) => {
    using database = openMigrated()
    const { writer } = database
    const record = db.createRecord(writer)
    for (const group of again) expect(sentAgain(writer, record, group)).toEqual(outcomesAgain(group))
    const recordApiRequests = createRecordApiRequests(writer)
    for (const { project, api_requests } of apiRequests)
      recordApiRequests(idOf(writer, project), api_requests)
    expectTheSame(writer, expected.results)
    expect(db.recount(writer, NOW_MS)).toEqual([])
  })

  test('goes on as with version 7 when more comes that belongs to what it holds, and when some of it is deleted', async () => {
    using database = openMigrated()
    const { writer } = database
    expect(recordLater(writer)).toEqual(later.outcomes)
    expectTheSame(writer, later.after_recording)
    expect(db.recount(writer, later.now_ms)).toEqual([])
    await deleteLater(writer)
    expectTheSame(writer, later.after_deleting)
    expect(db.recount(writer, later.now_ms)).toEqual([])
  })
})
