import { NOW_MS } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'

const at = (hours: number) => new Date(NOW_MS - hours * 3_600_000).toISOString()

test('the overview counts kinds, skills, sessions and responses of its window, and nothing before it', async () => {
  await using gateway = await startGateway()
  const call = { kind: 'skill', skill_name: 'pdf-fill', session_id: 's', invoked_at: at(2) } as const
  await gateway.record([
    { ...call, invocation_id: 'a', outcome: 'completed' },
    { ...call, invocation_id: 'b', outcome: 'failed', session_id: 't' },
    { ...call, invocation_id: 'c', kind: 'tool', skill_name: 'Read', outcome: 'completed' },
    {
      ...call,
      invocation_id: 'd',
      outcome: 'completed',
      session_id: 'old',
      invoked_at: at(24 * 9),
      ended_at: at(24 * 9),
    },
  ])
  await gateway.recorder.recordApiRequests(1, [
    {
      request_id: 'r',
      session_id: 's',
      requested_at_ms: NOW_MS - 7_200_000,
      output_tokens: 5,
      cost_usd: 0.25,
    },
    { request_id: 'q', session_id: 's', requested_at_ms: NOW_MS - 9 * 86_400_000, output_tokens: 7 },
  ])
  const reply = await fetch(`http://127.0.0.1:${gateway.port}/v1/overview`)
  expect(await reply.json()).toMatchObject({
    since: at(7 * 24),
    session_count: 2,
    kinds: [
      { kind: 'skill', invocation_count: 2, completed_count: 1, failed_count: 1 },
      { kind: 'tool', invocation_count: 1 },
    ],
    skills: [{ kind: 'skill', skill_name: 'pdf-fill', invocation_count: 2 }],
    usage: { responses: 1, output_tokens: 5, cost_usd: 0.25, cost_source: 'reported' },
    last_invoked_at: at(2),
  })
})

test('an empty database has an overview without counts', async () => {
  await using gateway = await startGateway()
  const reply = await fetch(`http://127.0.0.1:${gateway.port}/v1/overview?since=30d`)
  expect(await reply.json()).toMatchObject({
    since: at(30 * 24),
    session_count: 0,
    kinds: [],
    skills: [],
    usage: { responses: 0, cost_usd: null },
    last_invoked_at: null,
  })
})
