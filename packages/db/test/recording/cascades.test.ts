import { type ParsedObservation, parseSpan, type SpanContext } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import { recount, type Writer } from '../../src/index.ts'
import { CASCADE_MAX } from '../../src/recording/correlate/spans.ts'
import { continueCascades, record } from '../../src/recording/record.ts'
import { SqliteRecordingStorage } from '../../src/sqlite/recording/storage.ts'
import { NOW_MS, openTestDatabase, PROJECT, recordGroups, rowsOf } from '../database.ts'

const TRACE = '0102030405060708090a0b0c0d0e0f10'
const LEAVES = 2 * CASCADE_MAX + 500

test('a large trace whose outer span arrives last is corrected whole, in bounded transactions', async () => {
  using database = openTestDatabase()
  await recordGroups(database.writer, leaves(), 500)
  expect(rowCount(database.writer)).toBe(0)
  const storage = new SqliteRecordingStorage(database.writer)
  await record(storage, [{ projectId: PROJECT, observations: [root({ session_id: 's' })] }], NOW_MS)
  const counts = [rowCount(database.writer)]
  while (await continueCascades(storage, PROJECT, NOW_MS)) counts.push(rowCount(database.writer))
  expect(counts[0]).toBeLessThanOrEqual(CASCADE_MAX)
  const steps = counts.slice(1).map((count, step) => count - counts[step]!)
  expect(Math.max(...steps)).toBeLessThanOrEqual(CASCADE_MAX)
  expect(counts.at(-1)).toBe(LEAVES)
  expect(new Set(rowsOf(database.writer).map((row) => row.session_id))).toEqual(new Set(['s']))
  expect(recount(database.writer, NOW_MS)).toEqual([])
})

test('what was left of a large trace is continued after a restart', async () => {
  using database = openTestDatabase()
  await recordGroups(database.writer, leaves(), 500)
  const before = new SqliteRecordingStorage(database.writer)
  await record(before, [{ projectId: PROJECT, observations: [root({ session_id: 's' })] }], NOW_MS)
  const after = new SqliteRecordingStorage(database.writer)
  expect(after.spans.projectsWithCascades()).toEqual([PROJECT])
  while (await continueCascades(after, PROJECT, NOW_MS));
  expect(after.spans.projectsWithCascades()).toEqual([])
  expect(rowCount(database.writer)).toBe(LEAVES)
})

test('an outer span from which nothing is inherited leaves the spans inside as they are', async () => {
  using database = openTestDatabase()
  await recordGroups(database.writer, leaves({ session_id: 'own' }).slice(0, 50), 50)
  const written = () => database.writer.sqlite.prepare('select total_changes()').pluck().get() as number
  const before = written()
  await recordGroups(database.writer, [root({})])
  expect(written() - before).toBeLessThan(10)
  expect(rowCount(database.writer)).toBe(50)
})

function leaves(fields: { session_id?: string } = {}): ParsedObservation[] {
  return Array.from({ length: LEAVES }, (_, index) =>
    aSpan(
      { ...at(index + 2, 1), role: 'call', tool_name: 'search' },
      { skill_name: 'search', kind: 'tool', outcome: 'completed', ...fields },
    ),
  )
}

function root(fields: { session_id?: string }): ParsedObservation {
  return aSpan({ ...at(1), role: 'context' }, fields)
}

function at(number: number, parent?: number) {
  return {
    trace_id: TRACE,
    span_id: id(number),
    ...(parent !== undefined && { parent_span_id: id(parent) }),
  }
}

function id(number: number): string {
  return number.toString(16).padStart(16, '0')
}

function aSpan(context: SpanContext, fields: Parameters<typeof parseSpan>[0] | object): ParsedObservation {
  const invocation_id = `${context.trace_id}-${context.span_id}`
  const result = parseSpan({ ...fields, invocation_id }, context, NOW_MS)
  if ('reason' in result) throw new Error(`${result.pointer} ${result.reason}`)
  return result.observation
}

function rowCount({ sqlite }: Writer): number {
  return sqlite.prepare('select count(*) from skill_invocation').pluck().get() as number
}
