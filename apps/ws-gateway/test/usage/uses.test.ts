import {
  parsePrompt,
  type SessionSummary,
  type TimelineTurn,
  type Turn,
  type UsageReply,
  type Use,
  type UseSummaryReply,
} from '@skillwatch/schema'
import { NOW_MS } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const MINUTE_MS = 60_000
const minutesAgo = (minutes: number) => new Date(NOW_MS - minutes * MINUTE_MS).toISOString()

async function get<Body>({ port }: TestGateway, path: string): Promise<Body> {
  const reply = await fetch(`http://127.0.0.1:${port}/v1/${path}`)
  expect(reply.status, path).toBe(200)
  return (await reply.json()) as Body
}

/** A turn in which the skill `plan` makes a call that fails and starts a sub-agent that makes another. */
async function recordTurn(gateway: TestGateway): Promise<void> {
  const call = {
    session_id: 's',
    prompt_id: 'p',
    repository: 'shop',
    agent_name: 'claude-code',
    outcome: 'completed',
  } as const
  const prompt = parsePrompt({ session_id: 's', prompt_id: 'p', began_at: minutesAgo(60) }, NOW_MS)
  if ('reason' in prompt) throw new Error(prompt.reason)
  await gateway.recorder.record(1, [prompt.observation])
  await gateway.record([
    {
      ...call,
      invocation_id: 'plan',
      skill_name: 'plan',
      invoked_at: minutesAgo(59),
      ended_at: minutesAgo(59),
    },
    {
      ...call,
      invocation_id: 'bash',
      kind: 'tool',
      skill_name: 'Bash',
      invoked_at: minutesAgo(58),
      ended_at: minutesAgo(57),
      outcome: 'failed',
    },
    {
      ...call,
      invocation_id: 'agent',
      kind: 'agent',
      skill_name: 'Explore',
      invoked_at: minutesAgo(56),
      ended_at: minutesAgo(50),
    },
    {
      ...call,
      invocation_id: 'read',
      kind: 'tool',
      skill_name: 'Read',
      parent_invocation_id: 'agent',
      invoked_at: minutesAgo(55),
      ended_at: minutesAgo(54),
    },
  ])
  const request = { session_id: 's', prompt_id: 'p', repository: 'shop', agent_name: 'claude-code' }
  await gateway.recorder.recordApiRequests(1, [
    {
      ...request,
      request_id: 'before',
      requested_at_ms: NOW_MS - 60 * MINUTE_MS,
      output_tokens: 1,
      cost_usd: 1,
    },
    {
      ...request,
      request_id: 'own',
      requested_at_ms: NOW_MS - 57 * MINUTE_MS,
      output_tokens: 20,
      cost_usd: 0.5,
    },
    {
      ...request,
      request_id: 'nested',
      parent_invocation_id: 'agent',
      requested_at_ms: NOW_MS - 55 * MINUTE_MS,
      output_tokens: 300,
      cost_usd: 0.25,
    },
  ])
  await gateway.recorder.deriveTurns()
}

test('a use has the calls, time, tokens and money that followed, its own and with nested uses', async () => {
  await using gateway = await startGateway()
  await recordTurn(gateway)
  const { items } = await get<{ items: Use[] }>(gateway, 'uses?skill_name=plan')
  expect(items).toMatchObject([
    {
      use_id: 'plan',
      kind: 'skill',
      session_id: 's',
      prompt_id: 'p',
      parent_use_id: null,
      settled: true,
      interrupted: false,
      used_again: null,
      repository: 'shop',
      calls: 2,
      failed_calls: 1,
      work_ms: 9 * MINUTE_MS,
      responses: 1,
      output_tokens: 20,
      cost_usd: 0.5,
      cost_source: 'reported',
      calls_with_nested: 3,
      output_tokens_with_nested: 320,
      cost_usd_with_nested: 0.75,
      cost_source_with_nested: 'reported',
    },
  ])
})

test('a turn is over after half an hour of silence, and its counts are whole', async () => {
  await using gateway = await startGateway()
  await recordTurn(gateway)
  const { items } = await get<{ items: Turn[] }>(gateway, 'turns?session_id=s')
  expect(items).toMatchObject([
    {
      prompt_id: 'p',
      began_at: minutesAgo(60),
      last_active_at: minutesAgo(50),
      ended_by: 'silence',
      uses: 2,
      calls: 4,
      failed_calls: 1,
      calls_by_kind: {
        agent: { calls: 1, failed_calls: 0 },
        skill: { calls: 1, failed_calls: 0 },
        tool: { calls: 2, failed_calls: 1 },
      },
      output_tokens: 321,
      cost_usd: 1.75,
    },
  ])
})

test('a timeline is the tree of a session, each use with what it caused', async () => {
  await using gateway = await startGateway()
  await recordTurn(gateway)
  const { items } = await get<{ items: TimelineTurn[] }>(gateway, 'sessions/s/timeline')
  expect(items.map(({ turn }) => turn?.prompt_id)).toEqual(['p'])
  const entries = items[0]!.entries.map(({ depth, in_use, invocation, use }) => [
    depth,
    invocation.skill_name,
    in_use,
    use?.calls_with_nested,
  ])
  expect(entries).toEqual([
    [0, 'plan', null, 3],
    [1, 'Bash', 'plan', undefined],
    [1, 'Explore', 'plan', 1],
    [2, 'Read', 'agent', undefined],
  ])
})

test('sums of uses name their window and are split by skill and day', async () => {
  await using gateway = await startGateway()
  await recordTurn(gateway)
  const reply = await get<UseSummaryReply>(gateway, 'uses/summary?by=skill,day&since=1d')
  expect(reply).toMatchObject({
    since: minutesAgo(24 * 60),
    until: minutesAgo(0),
    by: ['skill', 'day'],
    items: [
      { kind: 'agent', skill_name: 'Explore', uses: 1, calls: 1, output_tokens: 300 },
      {
        kind: 'skill',
        skill_name: 'plan',
        day: minutesAgo(60).slice(0, 10),
        uses: 1,
        calls: 2,
        failed_calls: 1,
        cost_usd: 0.5,
        cost_usd_with_nested: 0.75,
      },
    ],
  })
})

test('usage by skill is what uses caused by themselves, and adds up to usage without skills', async () => {
  await using gateway = await startGateway()
  await recordTurn(gateway)
  const bySkill = await get<UsageReply>(gateway, 'usage?by=skill')
  expect(bySkill.items).toMatchObject([
    { kind: null, skill_name: null, calls: 1, failed_calls: 0, responses: 1, output_tokens: 1, cost_usd: 1 },
    { kind: 'agent', skill_name: 'Explore', calls: 1, responses: 1, output_tokens: 300, cost_usd: 0.25 },
    { kind: 'skill', skill_name: 'plan', calls: 2, failed_calls: 1, output_tokens: 20, cost_usd: 0.5 },
  ])
  const whole = await get<UsageReply>(gateway, 'usage?by=repository')
  expect(bySkill.totals).toEqual(whole.totals)
  expect(whole.items).toMatchObject([{ repository: 'shop', calls: 4, failed_calls: 1, responses: 3 }])
})

test('usage by skill and session together is refused, and says where to look', async () => {
  await using gateway = await startGateway()
  const reply = await fetch(`http://127.0.0.1:${gateway.port}/v1/usage?by=skill,session`)
  expect(reply.status).toBe(400)
  expect(await reply.json()).toMatchObject({
    errors: [{ pointer: '/by', reason: expect.stringContaining('uses?session_id') }],
  })
})

test('uses are compared with the equally long time before, and what is no longer used is listed', async () => {
  await using gateway = await startGateway()
  const use = (skill_name: string, minutes: number) => ({
    invocation_id: `${skill_name}-${minutes}`,
    skill_name,
    session_id: 's',
    prompt_id: `p-${minutes}`,
    invoked_at: minutesAgo(minutes),
    ended_at: minutesAgo(minutes),
    outcome: 'completed' as const,
  })
  const HOUR = 60
  await gateway.record([
    ...[1, 2, 25].map((hours) => use('plan', hours * HOUR)),
    use('review', 3 * HOUR),
    ...[26, 27].map((hours) => use('deploy', hours * HOUR)),
  ])
  await gateway.recorder.deriveTurns()
  const path = `uses/summary?by=skill&compare=before&since=${minutesAgo(24 * HOUR)}`
  const { before, items } = await get<UseSummaryReply>(gateway, path)
  expect(before).toEqual({
    since: minutesAgo(48 * HOUR),
    until: minutesAgo(24 * HOUR),
    no_longer_used: [{ kind: 'skill', skill_name: 'deploy', uses_before: 2 }],
  })
  expect(items).toMatchObject([
    { skill_name: 'plan', uses: 2, uses_before: 1, last_invoked_at: minutesAgo(HOUR) },
    { skill_name: 'review', uses: 1, uses_before: 0, last_invoked_at: minutesAgo(3 * HOUR) },
  ])
})

test('days are not compared, and the answer says so', async () => {
  await using gateway = await startGateway()
  const reply = await fetch(`http://127.0.0.1:${gateway.port}/v1/uses/summary?by=skill,day&compare=before`)
  expect(reply.status).toBe(400)
  expect(await reply.json()).toMatchObject({
    detail: expect.stringContaining('compare does not go together with day, week and month'),
  })
})

test('a session has the tokens and money of its responses, and none where none is known', async () => {
  await using gateway = await startGateway()
  await recordTurn(gateway)
  await gateway.record([{ skill_name: 'plan', session_id: 'other', invoked_at: minutesAgo(1) }])
  const { items } = await get<{ items: SessionSummary[] }>(gateway, 'sessions')
  expect(items).toMatchObject([
    { session_id: 'other', usage: { calls: 1, responses: 0, cost_usd: null, cost_source: 'none' } },
    {
      session_id: 's',
      usage: { responses: 3, output_tokens: 321, cost_usd: 1.75, cost_source: 'reported' },
    },
  ])
  expect(await get(gateway, 'sessions/s')).toMatchObject({ usage: items[1]!.usage })
  const { items: usage } = await get<UsageReply>(gateway, 'usage?by=session&since=2000-01-01T00:00:00Z')
  const { session, ...sums } = usage.find((each) => each.session === 's')!
  expect(items[1]!.usage).toEqual(sums)
})
