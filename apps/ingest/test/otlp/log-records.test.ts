import { until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { NOW_MS } from '../support.ts'
import { anEvent, anyValue, attributes, before, logs, otlpApp } from './support.ts'

async function stored(...requests: unknown[][]) {
  await using ingest = await otlpApp()
  for (const records of [...requests, ...requests]) {
    const reply = await ingest.send('logs', logs(records))
    expect([reply.statusCode, reply.json()]).toEqual([200, {}])
  }
  expect(ingest.differences()).toEqual([])
  return { rows: await ingest.rowsById(), metrics: await ingest.metricsText() }
}

const skillCall = { tool_name: 'Skill', tool_use_id: 'toolu_1' }

test('an activation and its call become one row, in either order', async () => {
  const activation = anEvent('skill_activated', {
    'skill.name': 'pdf',
    invocation_trigger: 'nested-skill',
    'skill.source': 'plugin',
    'event.sequence': 7,
  })
  const result = anEvent('tool_result', {
    ...skillCall,
    tool_parameters: '{"skill_name":"pdf"}',
    success: 'true',
    duration_ms: 5,
  })
  const [forward, backward] = [await stored([activation], [result]), await stored([result], [activation])]
  expect([...forward.rows.values()]).toEqual([...backward.rows.values()])
  expect([...forward.rows.values()]).toMatchObject([
    {
      invocation_id: 'toolu_1',
      kind: 'skill',
      skill_name: 'pdf',
      trigger: 'nested',
      outcome: 'completed',
      // From the end and the duration of the call: an activation has the time when the skill was chosen.
      invoked_at: new Date(NOW_MS - 1_005).toISOString(),
      attributes: { 'skill.source': 'plugin' },
    },
  ])
})

test('the real name of an activation wins over the placeholder name of the call', async () => {
  const { rows } = await stored([
    anEvent('skill_activated', { 'skill.name': 'acme:pdf', invocation_trigger: 'claude-proactive' }),
    anEvent('tool_result', { ...skillCall, success: 'true' }),
  ])
  expect([...rows.values()]).toMatchObject([{ skill_name: 'acme:pdf', trigger: 'agent' }])
})

test('each activation without a call is a call of its own', async () => {
  const { rows } = await stored([
    anEvent('skill_activated', {
      'skill.name': 'pdf',
      invocation_trigger: 'user-slash',
      'event.sequence': 1,
    }),
    anEvent('skill_activated', {
      'skill.name': 'pdf',
      invocation_trigger: 'something-new',
      'event.sequence': 2,
    }),
  ])
  expect([...rows.values()].map((row) => row.trigger).sort()).toEqual(['unknown', 'user'])
})

test.each([
  ['user-slash', { kind: 'command', trigger: 'user', outcome: 'completed' }],
  ['agent-preload', { kind: 'skill', trigger: 'preload', outcome: 'completed' }],
  ['claude-proactive', { kind: 'skill', trigger: 'agent', outcome: 'running' }],
  ['nested-skill', { kind: 'skill', trigger: 'nested', outcome: 'running' }],
])('a skill activated by %s and seen by nobody else is %j', async (invocation_trigger, expected) => {
  const { rows } = await stored([anEvent('skill_activated', { 'skill.name': 'pdf', invocation_trigger })])
  expect([...rows.values()]).toMatchObject([{ skill_name: 'pdf', ...expected }])
  expect([...rows.values()][0]).not.toHaveProperty('ended_at')
})

test('a typed skill is a command, also under a placeholder name', async () => {
  await using ingest = await otlpApp()
  const typed = { 'skill.name': 'custom_skill', invocation_trigger: 'user-slash' }
  await ingest.send('logs', logs([anEvent('skill_activated', typed)]))
  const [[id, alone]] = [...(await ingest.rowsById())] as [[string, object]]
  expect(alone).toMatchObject({ kind: 'command', skill_name: 'custom_skill', outcome: 'completed' })
  await ingest.app.inject({
    method: 'POST',
    url: '/v1/hooks/claude-code',
    payload: {
      hook_event_name: 'UserPromptExpansion',
      session_id: 's',
      prompt_id: 'p',
      command_name: 'deploy',
    },
  })
  await until(async () => !(await ingest.rowsById()).has(id))
  expect([...(await ingest.rowsById()).values()]).toMatchObject([
    {
      invocation_id: 'command_p',
      kind: 'command',
      skill_name: 'deploy',
      trigger: 'user',
      outcome: 'completed',
    },
  ])
})

test.each([
  ['Skill', { tool_parameters: '{"skill_name":"/pdf now"}' }, 'skill', 'pdf'],
  ['Skill', { tool_parameters: '{"skill_name":"pd' }, 'skill', 'custom_skill'],
  ['Skill', { skill_name: 'pdf' }, 'skill', 'pdf'],
  ['Agent', { tool_parameters: '{"subagent_type":"Explore"}' }, 'agent', 'Explore'],
  ['Task', {}, 'agent', 'Task'],
  [
    'mcp_tool',
    { tool_parameters: '{"mcp_server_name":"files","mcp_tool_name":"read"}' },
    'mcp',
    'mcp__files__read',
  ],
  ['mcp_tool', {}, 'mcp', 'mcp_tool'],
  ['mcp__files__read', {}, 'mcp', 'mcp__files__read'],
  ['Bash', { tool_parameters: '[1]' }, 'tool', 'Bash'],
])('a call of %s with %j is of kind %s and called %s', async (tool_name, own, kind, skill_name) => {
  const { rows } = await stored([
    anEvent('tool_result', { tool_name, tool_use_id: 'toolu_1', success: true, ...own }),
  ])
  expect(rows.get('toolu_1')).toMatchObject({ kind, skill_name })
})

test.each([
  [{ success: 'true' }, { outcome: 'completed' }],
  [{ success: true }, { outcome: 'completed' }],
  [
    { success: 'false', error_type: 'Error:ENOENT', error: 'secret words' },
    { outcome: 'failed', error_type: 'Error:ENOENT' },
  ],
  [{ success: false }, { outcome: 'failed', error_type: 'tool_error' }],
])('a result with %j is %j', async (own, expected) => {
  const { rows } = await stored([
    anEvent('tool_result', { tool_name: 'Bash', tool_use_id: 'toolu_1', ...own }),
  ])
  expect(rows.get('toolu_1')).toMatchObject(expected)
  expect(JSON.stringify(rows.get('toolu_1'))).not.toContain('secret words')
})

test.each([
  ['user_reject', 'user_rejected'],
  ['user_abort', 'user_interrupted'],
  ['config', 'permission_denied'],
  ['hook', 'hook_blocked'],
  ['something new', 'permission_denied'],
])('a call refused by %s is rejected as %s', async (source, error_type) => {
  const { rows } = await stored([anEvent('tool_decision', { ...skillCall, decision: 'reject', source })])
  expect(rows.get('toolu_1')).toMatchObject({
    outcome: 'rejected',
    error_type,
    ended_at: new Date(NOW_MS - 1_000).toISOString(),
  })
})

test('a call that was allowed is running', async () => {
  const accept = anEvent('tool_decision', { ...skillCall, decision: 'accept', source: 'config' })
  const alone = await stored([accept])
  expect(alone.rows.get('toolu_1')).toMatchObject({ outcome: 'running' })
  const ended = await stored([anEvent('tool_result', { ...skillCall, success: 'false' })], [accept])
  expect(ended.rows.get('toolu_1')).toMatchObject({ outcome: 'failed' })
})

test('the name of an event is its body, attribute or field, and its time is its own', async () => {
  const common = { 'session.id': 's', tool_name: 'Bash', success: 'true', duration_ms: '40' }
  const { rows } = await stored([
    {
      body: anyValue('claude_code.tool_result'),
      timeUnixNano: before(900),
      attributes: attributes({ ...common, tool_use_id: 'body' }),
    },
    {
      eventName: 'claude_code.tool_result',
      observedTimeUnixNano: before(800),
      attributes: attributes({ ...common, tool_use_id: 'field' }),
    },
    {
      timeUnixNano: before(100),
      attributes: attributes({
        ...common,
        tool_use_id: 'attribute',
        'event.name': 'tool_result',
        'event.timestamp': new Date(NOW_MS - 700).toISOString(),
      }),
    },
  ])
  const ends = ['body', 'field', 'attribute'].map((id) => Date.parse(rows.get(id)!.ended_at!) - NOW_MS)
  expect(ends).toEqual([-900, -800, -700])
  expect(rows.get('body')!.execution_ms).toBe(40)
})

test('sizes of texts are stored, and users by their account', async () => {
  const { rows } = await stored([
    anEvent('tool_result', {
      ...skillCall,
      success: 'true',
      tool_input_size_bytes: '120',
      tool_result_size_bytes: 4_000,
      'user.id': 'installation',
      'user.account_uuid': 'account',
      'user.email': 'someone@example.org',
      'organization.id': 'secret-org',
    }),
  ])
  expect(rows.get('toolu_1')).toMatchObject({
    arguments_bytes: 120,
    result_bytes: 4_000,
    user_hash: expect.stringMatching(/^[0-9a-f]{32}$/),
  })
  expect(JSON.stringify(rows.get('toolu_1'))).not.toMatch(/example\.org|secret-org|account/)
})

test('a completed sub-agent ends the call whose id it carries', async () => {
  const { rows } = await stored([
    anEvent('subagent_completed', { agent_type: 'Explore', tool_use_id: 'toolu_1', duration_ms: 90 }),
    anEvent('subagent_completed', {
      agent_type: 'Explore',
      tool_use_id: 'toolu_2',
      duration_ms: 90,
      is_async: true,
    }),
    anEvent('tool_result', { tool_name: 'Agent', tool_use_id: 'toolu_2' }, { timeUnixNano: before(5_000) }),
  ])
  const ended_at = new Date(NOW_MS - 1_000).toISOString()
  expect([...rows.values()]).toMatchObject([
    { invocation_id: 'toolu_1', kind: 'agent', skill_name: 'Explore', execution_ms: 90, ended_at },
    { invocation_id: 'toolu_2', kind: 'agent', skill_name: 'Explore', execution_ms: 90, ended_at },
  ])
})

/** As Claude Code sends it. */
const subagentCompleted = {
  agent_type: 'Explore',
  'agent.source': 'built-in',
  is_built_in: true,
  is_async: false,
  total_tokens: 32_000,
  total_tool_uses: 7,
  duration_ms: 90_000,
  model: 'some-model',
}

test('a completed sub-agent without an id ends the call of its name, in either order', async () => {
  const end = anEvent('subagent_completed', subagentCompleted, { timeUnixNano: before(1_010) })
  const result = (id: string, ms: number, own = {}) =>
    anEvent(
      'tool_result',
      { tool_name: 'Agent', tool_use_id: id, success: 'true', ...own },
      { timeUnixNano: before(ms) },
    )
  const calls = [
    result('toolu_1', 1_000),
    result('toolu_2', 8_000),
    result('toolu_3', 1_005, { 'prompt.id': 'other' }),
  ]
  const [forward, backward] = [await stored([end], calls), await stored(calls, [end])]
  expect([...forward.rows.values()]).toEqual([...backward.rows.values()])
  expect(forward.rows.size).toBe(3)
  expect(forward.rows.get('toolu_1')).toMatchObject({
    kind: 'agent',
    skill_name: 'Explore',
    outcome: 'completed',
    execution_ms: 90_000,
    ended_at: new Date(NOW_MS - 1_000).toISOString(),
    attributes: { 'agent.source': 'built-in', total_tool_uses: 7 },
  })
  expect(forward.rows.get('toolu_2')).toMatchObject({ skill_name: 'Agent' })
})

test('a completed sub-agent whose call no witness reported is a call of its own', async () => {
  const { rows } = await stored([
    anEvent('subagent_completed', { ...subagentCompleted, duration_ms: '90000' }),
    anEvent('tool_result', { ...skillCall, success: 'true' }),
  ])
  const [own] = [...rows.values()].filter(({ kind }) => kind === 'agent')
  expect(rows.size).toBe(2)
  expect(own).toMatchObject({
    invocation_id: expect.stringMatching(/^subagent_completed_[0-9a-f]{32}$/),
    skill_name: 'Explore',
    outcome: 'completed',
    invoked_at: new Date(NOW_MS - 91_000).toISOString(),
    ended_at: new Date(NOW_MS - 1_000).toISOString(),
  })
})

test.each([true, 'true'])(
  'a sub-agent in the background (%j) belongs to the call that began when it did',
  async (is_async) => {
    const launched = (id: string, ms: number) =>
      anEvent(
        'tool_result',
        {
          tool_name: 'Agent',
          tool_use_id: id,
          success: 'true',
          duration_ms: 5,
          tool_parameters: '{"subagent_type":"Explore"}',
        },
        { timeUnixNano: before(ms) },
      )
    const { rows } = await stored([
      launched('toolu_1', 91_010),
      launched('toolu_2', 61_000),
      anEvent('subagent_completed', { ...subagentCompleted, is_async, 'prompt.id': 'a later one' }),
    ])
    expect(rows.size).toBe(2)
    expect(rows.get('toolu_1')).toMatchObject({
      prompt_id: 'p',
      execution_ms: 5,
      ended_at: new Date(NOW_MS - 91_010).toISOString(),
      attributes: { is_async, total_tool_uses: 7 },
    })
  },
)

test('a typed command is one call, also when it activates a skill and hooks report it', async () => {
  const hidden = { 'prompt.id': 'p1', command_name: 'custom', command_source: 'custom', prompt_length: 9 }
  const { rows } = await stored([
    anEvent('user_prompt', hidden),
    anEvent('skill_activated', {
      'prompt.id': 'p1',
      'skill.name': 'deploy',
      invocation_trigger: 'user-slash',
    }),
    anEvent('user_prompt', { 'prompt.id': 'p2', command_name: '/review', command_source: 'custom' }),
  ])
  expect([...rows.values()].toSorted((a, b) => (a.invocation_id < b.invocation_id ? -1 : 1))).toMatchObject([
    {
      invocation_id: 'command_p1',
      kind: 'command',
      skill_name: 'deploy',
      outcome: 'completed',
      trigger: 'user',
    },
    {
      invocation_id: 'command_p2',
      kind: 'command',
      skill_name: 'review',
      outcome: 'completed',
      trigger: 'user',
    },
  ])
})

test('built-in commands of one prompt are calls of their own', async () => {
  const typed = (command_name: string, ms: number) =>
    anEvent(
      'user_prompt',
      { command_name, command_source: 'builtin', 'event.sequence': ms },
      { timeUnixNano: before(ms) },
    )
  const { rows } = await stored([typed('compact', 2_000), typed('compact', 1_000), typed('mcp', 500)])
  expect([...rows.values()].map(({ skill_name }) => skill_name).sort()).toEqual([
    'compact',
    'compact',
    'mcp',
  ])
})

test('a record without a call is counted by its name', async () => {
  const { rows, metrics } = await stored([
    anEvent('user_prompt', { prompt: 'secret words', prompt_length: 12 }),
    anEvent('api_error', { error: 'secret words' }),
    { body: anyValue('secret words') },
    { body: anyValue('secret') },
    { eventName: 'secret words' },
    { attributes: attributes({ 'event.name': 'tool_result', tool_name: 'Bash' }) },
    {},
  ])
  expect(rows.size).toBe(0)
  expect(metrics).toContain('{signal="logs",name="log without event name"} 6')
  for (const name of ['api_error', '_other', 'tool_result without session']) {
    expect(metrics).toContain(`skillwatch_otlp_unused_total{signal="logs",name="${name}"} 2`)
  }
  expect(metrics).not.toContain('secret')
})

test('requests to models are stored once, without impossible numbers', async () => {
  await using ingest = await otlpApp()
  const records = [
    anEvent('api_request', {
      model: 'some-model',
      request_id: 'req_1',
      cost_usd: '0.25',
      input_tokens: '5',
      output_tokens: 7,
      cache_read_tokens: -1,
      cache_creation_tokens: 1.5,
      duration_ms: 1e300,
      'user.email': 'someone@example.org',
    }),
    anEvent('api_request', { cost_usd: 0.5, 'event.sequence': 3 }),
  ]
  for (let time = 0; time < 2; time += 1)
    expect((await ingest.send('logs', logs(records))).json()).toEqual({})
  const rows = ingest.writer.sqlite.prepare('select * from api_request order by cost_usd').all()
  expect(rows).toMatchObject([
    {
      request_id: 'req_1',
      session_id: 's',
      prompt_id: 'p',
      user_hash: null,
      model: 'some-model',
      requested_at_ms: NOW_MS - 1_000,
      duration_ms: null,
      input_tokens: 5,
      output_tokens: 7,
      cache_read_tokens: null,
      cache_creation_tokens: null,
      cost_usd: 0.25,
    },
    { request_id: expect.stringMatching(/^api_request_[0-9a-f]{32}$/), cost_usd: 0.5 },
  ])
  expect(await ingest.metricsText()).toContain('skillwatch_otlp_used_total{signal="logs"} 4')
})

test('a request to a model without a valid id, session or time is rejected with the reason', async () => {
  await using ingest = await otlpApp()
  const records = [
    anEvent('api_request', { request_id: 'x'.repeat(201) }),
    anEvent('api_request', { request_id: 'a\nb' }),
    anEvent('api_request', {}, { timeUnixNano: '1000000' }),
  ]
  const { rejectedLogRecords, errorMessage } = (await ingest.send('logs', logs(records))).json()
    .partialSuccess
  expect(rejectedLogRecords).toBe('3')
  expect(errorMessage).toMatch(/request_id is not a name.*request_id is not a name.*before 2000/)
})
