import { type ParsedObservation, parseSessionEnd } from '@skillwatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recount, type Writer } from '../../src/index.ts'
import { arrangementsOf } from '../arrangements.ts'
import { NOW_MS, openTestDatabase, parsed, recordGroups, rowsOf } from '../database.ts'

const START_MS = NOW_MS - 60_000
const sessionId = fc.constantFrom('s1', 's2')
const at = fc.integer({ min: 0, max: 5 }).map((seconds) => START_MS + seconds * 1_000)
const call = fc
  .record({
    invocation_id: fc.constantFrom('call-1', 'call-2', 'call-3', 'call-4'),
    session_id: sessionId,
    skill_name: fc.constantFrom('deploy', 'pdf-fill'),
    witness: fc.constantFrom('hook' as const, 'otel_log' as const, 'transcript' as const),
    invoked_at: at,
    outcome: fc.constantFrom('running' as const, 'running' as const, 'completed' as const),
  })
  .map((observation) => parsed(observation))
const end = fc.tuple(sessionId, at).map(([session, endedAtMs]) => sessionEnd(session, endedAtMs))

test('any order, repetition and grouping of calls and session ends gives the same rows', async () => {
  const arrangements = arrangementsOf(fc.array(fc.oneof(call, call, end), { minLength: 1, maxLength: 12 }))
  await fc.assert(
    fc.asyncProperty(arrangements, async ([straight, mixed, size]) => {
      using one = openTestDatabase()
      using two = openTestDatabase()
      await recordGroups(one.writer, straight, straight.length)
      await recordGroups(two.writer, mixed, size)
      expect(reportedRows(two.writer)).toEqual(reportedRows(one.writer))
      expect(recount(two.writer, NOW_MS)).toEqual([])
    }),
    { numRuns: 100 },
  )
})

test('a call without a result ends with the last end of its session that was reported', async () => {
  using database = openTestDatabase()
  const running = parsed({
    invocation_id: 'call-1',
    session_id: 's1',
    skill_name: 'deploy',
    invoked_at: START_MS,
  })
  const ends = [1_000, 2_000, 1_500].map((ms) => sessionEnd('s1', START_MS + ms))
  await recordGroups(database.writer, [running, ...ends], 1)
  expect(rowsOf(database.writer)).toMatchObject([{ outcome: 'abandoned', ended_at_ms: START_MS + 2_000 }])
})

function sessionEnd(session_id: string, ended_at: number): ParsedObservation {
  const result = parseSessionEnd({ session_id, ended_at }, NOW_MS)
  if ('pointer' in result) throw new Error(`${result.pointer} ${result.reason}`)
  return result.observation
}

/** The rows without their live count, which depends on the order of arrival. */
function reportedRows(writer: Writer) {
  return rowsOf(writer).map((row) => ({ ...row, live_series_id: null, live_execution_ms: null }))
}
