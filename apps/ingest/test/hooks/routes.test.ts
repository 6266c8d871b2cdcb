import { readFileSync } from 'node:fs'
import { temporaryFolder, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { NOW_MS, testApp } from '../support.ts'

const SECRET = 'sk-planted-in-a-hook'
const base = { session_id: 's-1', prompt_id: 'p-1', cwd: '/home/me', transcript_path: '/home/me/t.jsonl' }
const call = {
  ...base,
  tool_name: 'Skill',
  tool_input: { skill: 'pdf', args: SECRET },
  tool_use_id: 'toolu_1',
}
const agent = {
  ...base,
  tool_name: 'Agent',
  tool_input: { subagent_type: 'Explore' },
  tool_use_id: 'toolu_agent',
}

type App = Awaited<ReturnType<typeof testApp>>

function hook({ app }: App, event: unknown, headers: Record<string, string> = {}) {
  const payload = typeof event === 'string' ? event : JSON.stringify(event)
  return app.inject({
    method: 'POST',
    url: '/v1/hooks/claude-code',
    headers: { 'content-type': 'application/json', ...headers },
    payload,
  })
}

const journal = ({ spoolFolder }: App) => readFileSync(`${spoolFolder}/hooks.journal`, 'utf8')

test('the begin and the end of a call become one row', async () => {
  await using app = await testApp()
  await hook(app, { ...call, hook_event_name: 'PreToolUse' })
  const answer = await hook(app, {
    ...call,
    hook_event_name: 'PostToolUse',
    tool_response: SECRET,
    duration_ms: 12,
  })
  expect([answer.statusCode, answer.body]).toEqual([200, '{}'])
  await until(async () => (await app.rows()).some(({ outcome }) => outcome === 'completed'))
  expect(await app.rows()).toEqual([
    expect.objectContaining({
      invocation_id: 'toolu_1',
      kind: 'skill',
      skill_name: 'pdf',
      session_id: 's-1',
      prompt_id: 'p-1',
      execution_ms: 12,
      invoked_at: new Date(NOW_MS).toISOString(),
      witnesses: ['hook'],
      arguments_bytes: expect.any(Number),
      result_hash: expect.any(String),
    }),
  ])
  expect(app.differences()).toEqual([])
})

test.each([
  ['an unknown event', { ...base, hook_event_name: 'BrandNew' }, 'event="_other",result="unknown_event"'],
  ['a compaction', { ...base, hook_event_name: 'PreCompact' }, 'event="PreCompact",result="no_call"'],
  [
    'a call without its id',
    { ...base, hook_event_name: 'PreToolUse' },
    'event="PreToolUse",result="missing_fields"',
  ],
  ['a list', [1], 'event="_other",result="missing_fields"'],
  [
    'a name with control characters',
    { ...call, hook_event_name: 'PreToolUse', tool_use_id: 'a\u0001' },
    'event="PreToolUse",result="rejected"',
  ],
])('%s is answered {} and counted', async (_, event, labels) => {
  await using app = await testApp()
  const answer = await hook(app, event)
  expect([answer.statusCode, answer.body]).toEqual([200, '{}'])
  expect(await app.metricsText()).toContain(`skillwatch_ingest_hook_events_total{${labels}} 1`)
  expect(await app.rows()).toEqual([])
})

test.each([
  ['text', 'not json'],
  ['an empty body', ''],
  ['brackets without end', `${'['.repeat(100_000)}`],
  [
    'a deeply nested input',
    `{"hook_event_name":"PreToolUse","tool_input":${'['.repeat(9_000)}${']'.repeat(9_000)}}`,
  ],
])('%s is refused with problem details', async (_, body) => {
  await using app = await testApp()
  const answer = await hook(app, body)
  expect(answer.statusCode).toBe(400)
  expect(answer.json()).toMatchObject({ type: '/problems/invalid-request' })
})

test('brackets and escaped quotes inside texts do not count as nesting', async () => {
  await using app = await testApp()
  const tool_input = { skill: 'pdf', args: `${'[{'.repeat(500)}\\"\\\\` }
  const answer = await hook(app, { ...call, tool_input, hook_event_name: 'PreToolUse' })
  expect(answer.statusCode).toBe(200)
})

test('a key of another project records there, and one without the scope records nothing', async () => {
  await using app = await testApp()
  const keyFor = async (scopes: string[]) => {
    const payload = { name: 'a', scopes, project: 'web' }
    return (await app.app.inject({ method: 'POST', url: '/v1/keys', payload })).json().api_key as string
  }
  const [ingest, read] = [await keyFor(['ingest']), await keyFor(['read'])]
  const event = { ...call, hook_event_name: 'PreToolUse' }
  expect((await hook(app, event, { authorization: `Bearer ${read}` })).statusCode).toBe(403)
  expect((await hook(app, event, { authorization: `Bearer ${ingest}` })).statusCode).toBe(200)
  const stored = () => app.writer.db.selectFrom('skill_invocation').select('project_id').execute()
  await until(async () => (await stored()).length === 1)
  const web = await app.writer.db
    .selectFrom('project')
    .selectAll()
    .where('name', '=', 'web')
    .executeTakeFirstOrThrow()
  expect(await stored()).toEqual([{ project_id: web.project_id }])
})

test('an event whose commit is refused is stored later, and the journal has no text of it', async () => {
  await using app = await testApp()
  app.writer.sqlite.pragma('query_only = on')
  await hook(app, { ...call, hook_event_name: 'PreToolUse' })
  await until(() => app.recorder.lastError !== undefined)
  expect(journal(app)).toContain('toolu_1')
  expect(journal(app)).not.toContain(SECRET)
  app.writer.sqlite.pragma('query_only = off')
  await until(async () => (await app.rows()).length === 1)
  await until(() => journal(app) === '')
})

test('a sub-agent that starts after a restart belongs to the call that ran before it', async () => {
  using folder = temporaryFolder()
  const databasePath = `${folder.path}/skillwatch.db`
  {
    await using before = await testApp({ databasePath })
    await hook(before, { ...agent, hook_event_name: 'PreToolUse' })
  }
  await using app = await testApp({ databasePath })
  await hook(app, { ...base, hook_event_name: 'SubagentStart', agent_id: 'a-1', agent_type: 'Explore' })
  await hook(app, { ...call, hook_event_name: 'PreToolUse', agent_id: 'a-1' })
  await until(async () => (await app.rows()).length === 2)
  expect((await app.rows())[1]).toMatchObject({ parent_invocation_id: 'toolu_agent' })
})

test('a call inside a sub-agent is a child of the call that started the sub-agent', async () => {
  await using app = await testApp()
  await hook(app, { ...agent, hook_event_name: 'PreToolUse' })
  await hook(app, { ...base, hook_event_name: 'SubagentStart', agent_id: 'a-1', agent_type: 'Explore' })
  await hook(app, { ...call, hook_event_name: 'PreToolUse', agent_id: 'a-1' })
  await until(async () => (await app.rows()).length === 2)
  expect((await app.rows()).find(({ invocation_id }) => invocation_id === 'toolu_1')).toMatchObject({
    parent_invocation_id: 'toolu_agent',
  })
})

test('a sub-agent that was linked before a restart is the parent of its calls after it', async () => {
  using folder = temporaryFolder()
  const databasePath = `${folder.path}/skillwatch.db`
  {
    await using before = await testApp({ databasePath })
    await hook(before, { ...agent, hook_event_name: 'PreToolUse' })
    await hook(before, { ...base, hook_event_name: 'SubagentStart', agent_id: 'a-1', agent_type: 'Explore' })
  }
  await using app = await testApp({ databasePath })
  await hook(app, { ...call, hook_event_name: 'PreToolUse', agent_id: 'a-1' })
  await until(async () => (await app.rows()).length === 2)
  expect((await app.rows())[1]).toMatchObject({ parent_invocation_id: 'toolu_agent' })
})
