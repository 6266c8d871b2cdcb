import { type Observation, parseSessionEnd } from '@skillwatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRecorder, type DeletionSelector, recount, type Writer } from '../../src/index.ts'
import { arrangementsOf } from '../arrangements.ts'
import { NOW_MS, openTestDatabase, PROJECT, rowsOf } from '../database.ts'
import { at, call, derivedOf, prompt, type Report, recordReports } from './derived.ts'

const seconds = fc.integer({ min: 0, max: 30 })
const session_id = fc.constantFrom('s1', 's2')
const prompt_id = fc.constantFrom('p1', 'p2', 'p3')
const agent_name = fc.constantFrom('claude-code', 'codex')
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g')

const aCall: fc.Arbitrary<Report> = fc
  .record(
    {
      invocation_id: id,
      session_id,
      prompt_id,
      parent_invocation_id: id,
      kind: fc.constantFrom('skill' as const, 'agent' as const, 'command' as const, 'tool' as const),
      skill_name: fc.constantFrom('deploy', 'review'),
      witness: fc.constantFrom('hook' as const, 'transcript' as const),
      trigger: fc.constantFrom('nested' as const, 'agent' as const),
      invoked_at: seconds.map(at),
      outcome: fc.constantFrom(
        'running' as const,
        'completed' as const,
        'failed' as const,
        'rejected' as const,
      ),
      error_type: fc.constantFrom('user_interrupted', 'timeout'),
      repository: fc.constantFrom('shop', 'blog'),
      agent_name,
    },
    { requiredKeys: ['invocation_id', 'session_id', 'skill_name', 'witness', 'invoked_at'] },
  )
  .map(call)
const aPrompt: fc.Arbitrary<Report> = fc
  .record(
    {
      session_id,
      prompt_id,
      began_at: seconds.map(at),
      interrupted_at: seconds.map(at),
      branch: fc.constantFrom('main', 'next'),
      user_id: fc.constantFrom('ada', 'bob'),
      agent_name,
    },
    { requiredKeys: ['session_id', 'prompt_id'] },
  )
  .map(prompt)
const aRequest: fc.Arbitrary<Report> = fc
  .record({
    request_id: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
    session_id,
    prompt_id: optional(prompt_id),
    parent_invocation_id: optional(id),
    model: optional(fc.constantFrom('opus', 'haiku')),
    agent_name: optional(agent_name),
    requested_at_ms: seconds.map(at),
    output_tokens: optional(fc.integer({ min: 0, max: 100 })),
    cost_usd: optional(fc.constantFrom(0.5, 0.25)),
  })
  .map((request) => ({
    apiRequest: Object.fromEntries(
      Object.entries(request).filter(([, value]) => value !== undefined),
    ) as unknown as Extract<Report, { apiRequest: unknown }>['apiRequest'],
  }))
const anEnd: fc.Arbitrary<Report> = fc.tuple(session_id, seconds).map(([session, second]) => {
  const result = parseSessionEnd({ session_id: session, ended_at: at(second) }, NOW_MS)
  if ('pointer' in result) throw new Error(result.reason)
  return result
})
const reports = fc.array(fc.oneof({ weight: 5, arbitrary: aCall }, aPrompt, aRequest, anEnd), {
  minLength: 1,
  maxLength: 14,
})

test('any order, repetition and grouping of what is reported gives the same turns and uses', async () => {
  await fc.assert(
    fc.asyncProperty(
      arrangementsOf(reports),
      fc.integer({ min: 1, max: 4 }),
      async ([straight, mixed, size], every) => {
        using one = openTestDatabase()
        using two = openTestDatabase()
        await recordReports(one.writer, straight)
        await recordReports(two.writer, mixed, { size, deriveEvery: every })
        expect(derivedOf(two.writer)).toEqual(derivedOf(one.writer))
        expect(recount(two.writer, NOW_MS)).toEqual([])
      },
    ),
    { numRuns: 100 },
  )
})

test('a use that moves to the turn before is not one that is used again', async () => {
  using database = openTestDatabase()
  const use = (fields: Omit<Observation, 'session_id'>) =>
    call({ session_id: 's', witness: 'hook', ...fields })
  await recordReports(
    database.writer,
    [
      use({ invocation_id: 'b', prompt_id: 'p1', skill_name: 'deploy', invoked_at: at(1) }),
      use({ invocation_id: 'g', prompt_id: 'p1', skill_name: 'review', invoked_at: at(1) }),
      use({ invocation_id: 'b', prompt_id: 'p2', skill_name: 'deploy', invoked_at: at(0) }),
    ],
    { size: 1, deriveEvery: 1 },
  )
  expect(derivedOf(database.writer).uses).toMatchObject([
    { use_id: 'b', prompt_id: 'p2', used_again: 0 },
    { use_id: 'g', prompt_id: 'p1', used_again: null },
  ])
})

const selectors = fc.constantFrom<DeletionSelector[]>(
  { session_id: 's1' },
  { user_id: 'ada' },
  { agent_name: 'codex' },
  { skill_name: 'deploy' },
  { before_ms: at(15) },
  { everything: true },
)

test('what is left after a deletion equals what had been recorded without the deleted', async () => {
  await fc.assert(
    fc.asyncProperty(reports, selectors, async (all, selector) => {
      using database = openTestDatabase()
      const { writer } = database
      await recordReports(writer, all)
      await using recorder = createRecorder(writer, {
        queueItemsMax: 100,
        groupRowsMax: 2,
        now: () => NOW_MS,
      })
      await recorder.delete(PROJECT, selector)
      await recorder.deriveTurns()
      const left = recordedOf(writer)
      using never = openTestDatabase()
      const isLeft = reportsIn(writer)
      await recordReports(never.writer, all.filter(isLeft))
      expect(left).toEqual(recordedOf(never.writer))
      expect(recount(writer, NOW_MS)).toEqual([])
      markEverything(writer)
      await recorder.deriveTurns()
      expect(left).toEqual(recordedOf(writer))
    }),
    { numRuns: 60 },
  )
})

/** Calls, requests, prompts and ends of sessions, and what is derived of them. */
function recordedOf(writer: Writer) {
  const all = (table: string, key: string) =>
    writer.sqlite.prepare(`select * from ${table} order by ${key}`).all()
  return {
    ...derivedOf(writer),
    // Counters for Prometheus also count what was deleted later.
    calls: rowsOf(writer).map(({ live_series_id: _, live_execution_ms: __, ...row }) => row),
    requests: all('api_request', 'request_id'),
    prompts: all('prompt', 'session_id, prompt_id'),
    ends: all('session_end', 'session_id'),
  }
}

/** Whether a report is of something that the database contains. */
function reportsIn({ sqlite }: Writer): (report: Report) => boolean {
  const keys = (sql: string) => new Set(sqlite.prepare<[], string>(sql).pluck().all())
  const calls = keys('select invocation_id from skill_invocation')
  const requests = keys('select request_id from api_request')
  const prompts = keys(`select session_id || ' ' || prompt_id from prompt`)
  const ends = keys('select session_id from session_end')
  return (report) => {
    if ('apiRequest' in report) return requests.has(report.apiRequest.request_id)
    const { invocation_id, fields, prompt: isPrompt, session_end } = report.observation
    if (session_end) return ends.has(fields.session_id!)
    return isPrompt ? prompts.has(`${fields.session_id} ${fields.prompt_id}`) : calls.has(invocation_id)
  }
}

/** Derives everything again from what is left. */
function markEverything({ sqlite }: Writer): void {
  sqlite.exec(`delete from turn; delete from skill_use;
    delete from skill_use_series; delete from skill_use_period; delete from place_use_day;
    insert or ignore into pending_turn (project_id, session_id, prompt_id, invocation_id)
      select project_id, session_id, prompt_id, '' from prompt
      union select project_id, session_id, prompt_id, '' from skill_invocation where prompt_id is not null
      union select project_id, session_id, prompt_id, '' from api_request where prompt_id is not null
      union select project_id, '', '', invocation_id from skill_invocation where prompt_id is null`)
}
