import { readFileSync } from 'node:fs'
import { appendToSpool } from '@skillwatch/client/spool'
import type { ParsedObservation } from '@skillwatch/schema'
import { createLogger } from '@skillwatch/service'
import { fixedClock, temporaryFolder, until } from '@skillwatch/testkit'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { SpoolDrain } from '../../src/hooks/drain-spool.ts'
import { createHookMetrics } from '../../src/hooks/metrics.ts'
import { NOW_MS, testApp } from '../support.ts'

const END = {
  invocation_id: `session-end-s-1-${NOW_MS}`,
  witness: 'hook',
  session_end: true,
  fields: { session_id: 's-1', ended_at_ms: NOW_MS },
}

test('the end of a session is in the journal before its hook is answered', async () => {
  await using app = await testApp()
  app.writer.sqlite.pragma('query_only = on')
  const payload = { session_id: 's-1', hook_event_name: 'SessionEnd', reason: 'other' }
  const answer = await app.app.inject({ method: 'POST', url: '/v1/hooks/claude-code', payload })
  expect([answer.statusCode, answer.body]).toEqual([200, '{}'])
  const line = readFileSync(`${app.spoolFolder}/hooks.journal`, 'utf8')
  expect(JSON.parse(line)).toEqual({ project_id: expect.any(Number), observation: END })
  expect(await app.metricsText()).toContain('hook_events_total{event="SessionEnd",result="observed"} 1')
})

test('the end of a session in the spool is handed to the recorder', async () => {
  using folder = temporaryFolder()
  const recorded: ParsedObservation[] = []
  const record = async (_projectId: number, observations: readonly ParsedObservation[]) => {
    recorded.push(...observations)
    return observations.map(() => 'accepted' as const)
  }
  await using drain = new SpoolDrain({
    folders: () => [folder.path],
    projectId: 1,
    recorder: { record },
    metrics: createHookMetrics(new Registry()),
    logger: createLogger({ service: 'ingest', level: 'silent' }),
    now: fixedClock,
  })
  appendToSpool(folder.path, JSON.stringify({ session_end: { session_id: 's-1', ended_at: NOW_MS } }), {
    now: fixedClock,
  })
  drain.start()
  await until(() => recorded.length > 0)
  expect(recorded).toEqual([END])
})

test('calls that run when their session ends become abandoned, and a later result wins', async () => {
  await using app = await testApp()
  const send = (payload: object) => app.app.inject({ method: 'POST', url: '/v1/hooks/claude-code', payload })
  const call = { session_id: 's-1', tool_name: 'Bash', tool_input: {}, tool_use_id: 'toolu_1' }
  const hasOutcome = async (outcome: string) => (await app.rows()).some((row) => row.outcome === outcome)
  await send({ ...call, hook_event_name: 'PreToolUse' })
  await until(() => hasOutcome('running'))
  await send({ session_id: 's-1', hook_event_name: 'SessionEnd', reason: 'other' })
  await until(() => hasOutcome('abandoned'))
  await send({ ...call, hook_event_name: 'PostToolUse', tool_response: 'done' })
  await until(() => hasOutcome('completed'))
  expect(await app.rows()).toHaveLength(1)
  expect(app.differences()).toEqual([])
})
