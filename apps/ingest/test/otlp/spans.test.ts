import { expect, test } from 'vitest'
import { aSpan, before, otlpApp, TRACE_ID, traces } from './support.ts'

const span = (number: number, parent?: number) => ({
  spanId: String(number).padStart(16, '0'),
  ...(parent !== undefined && { parentSpanId: String(parent).padStart(16, '0') }),
})
const idOf = (number: number) => `${TRACE_ID}-${String(number).padStart(16, '0')}`

/** The rows of spans in one request, which must be the same as from one request per span, the last first. */
async function stored(spans: unknown[], resource?: Record<string, string>) {
  await using ingest = await otlpApp()
  const reply = await ingest.send('traces', traces(spans, resource))
  const again = await ingest.send('traces', traces(spans, resource))
  expect([reply.json(), again.json()]).toEqual([{}, {}])
  expect(ingest.differences()).toEqual([])
  const rows = await ingest.rowsById()
  await using other = await otlpApp()
  for (const span of spans.toReversed()) await other.send('traces', traces([span], resource))
  expect(comparable(await other.rowsById())).toEqual(comparable(rows))
  expect(other.differences()).toEqual([])
  return { rows, metrics: await ingest.metricsText() }
}

/** Hashes are keyed by a secret of the database. */
function comparable(rows: ReadonlyMap<string, object>) {
  return new Map([...rows].map(([id, row]) => [id, JSON.stringify(row).replaceAll(/_hash":"\w+"/g, '')]))
}

test('a call without an id of its own gets one from its trace and span', async () => {
  const { rows } = await stored([aSpan()])
  expect([...rows.keys()]).toEqual([idOf(1)])
})

test.each(['call_0', '1', 'functions.search:12'])(
  'an id that only numbers the calls of an answer, such as %s, is not the id of a call',
  async (id) => {
    const numbered = { 'gen_ai.tool.call.id': id }
    const { rows } = await stored([
      aSpan({ ...span(1), attributes: numbered }),
      aSpan({ ...span(2), attributes: { ...numbered, 'gen_ai.conversation.id': 'another' } }),
    ])
    expect([...rows.keys()].sort()).toEqual([idOf(1), idOf(2)])
  },
)

test.each([
  [
    'its own name',
    { name: 'execute_tool search', attributes: { 'gen_ai.operation.name': '', 'gen_ai.tool.name': '' } },
  ],
  ['the old attribute', { name: 'call', attributes: { 'gen_ai.tool.name': '', 'tool.name': 'search' } }],
])('the tool of a span is known by %s', async (_how, fields) => {
  const { rows } = await stored([aSpan(fields)])
  expect(rows.get(idOf(1))).toMatchObject({ kind: 'tool', skill_name: 'search' })
})

test('an error status without a class is recorded as _OTHER', async () => {
  const { rows } = await stored([aSpan({ status: { code: 'STATUS_CODE_ERROR', message: 'boom' } })])
  expect(rows.get(idOf(1))).toMatchObject({ outcome: 'failed', error_type: '_OTHER' })
})

test('a span that has not ended is a running call', async () => {
  const { rows } = await stored([aSpan({ endTimeUnixNano: '0' })])
  expect(rows.get(idOf(1))).toMatchObject({ outcome: 'running' })
})

test('a name that is too long is cut', async () => {
  const { rows } = await stored([aSpan({ attributes: { 'gen_ai.tool.name': 'x'.repeat(5_000) } })])
  expect(rows.get(idOf(1))!.skill_name).toBe('x'.repeat(200))
})

test('the session is that of the span, of spans around it, or of the process', async () => {
  const silent = { 'gen_ai.conversation.id': '' }
  const { rows, metrics } = await stored([
    aSpan({
      ...span(1),
      name: 'invoke_agent a',
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.conversation.id': 'outer',
        'gen_ai.agent.name': 'helper',
      },
    }),
    aSpan({ ...span(2, 1), attributes: silent }),
    aSpan({ ...span(3), attributes: silent }),
  ])
  expect([...rows.keys()]).toEqual([idOf(2)])
  expect(rows.get(idOf(2))).toMatchObject({ session_id: 'outer', agent_name: 'helper' })
  expect(metrics).toContain(
    'skillwatch_otlp_unused_total{signal="traces",name="execute_tool without session"} 2',
  )
  const ofProcess = await stored([aSpan({ attributes: silent })], { 'session.id': 'process' })
  expect(ofProcess.rows.get(idOf(1))).toMatchObject({ session_id: 'process' })
})

test('the parent of a call is the nearest call around it, also with other spans between', async () => {
  const { rows } = await stored([
    aSpan({ ...span(1), attributes: { 'gen_ai.tool.call.id': 'call_outer', 'gen_ai.tool.name': 'Agent' } }),
    aSpan({ ...span(2, 1), attributes: { 'gen_ai.operation.name': 'invoke_agent' } }),
    aSpan(span(3, 2)),
  ])
  expect(rows.get(idOf(3))!.parent_invocation_id).toBe('call_outer')
})

test('spans that are parents of each other are stored', async () => {
  const { rows } = await stored([aSpan(span(1, 2)), aSpan(span(2, 1)), aSpan(span(3, 3))])
  expect(rows.size).toBe(3)
})

test('a call of an MCP server is of kind mcp', async () => {
  const attributes = { 'gen_ai.operation.name': '', 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': '' }
  const { rows, metrics } = await stored([
    aSpan({ ...span(1), name: 'tools/call lookup', attributes }),
    aSpan({
      ...span(2),
      name: 'tools/list',
      attributes: { ...attributes, 'mcp.method.name': 'tools/list' },
    }),
  ])
  expect([...rows.values()]).toMatchObject([{ kind: 'mcp', skill_name: 'lookup' }])
  expect(metrics).toContain('name="tools/list"')
})

test.each(['', 'execute_tool'])(
  'an MCP span with operation %j inside the span of the same tool belongs to the same call',
  async (operation) => {
    const mcp = {
      'gen_ai.operation.name': operation,
      'mcp.method.name': 'tools/call',
      'error.type': 'tool_error',
    }
    const { rows } = await stored([
      aSpan({ ...span(1), attributes: { 'gen_ai.tool.call.id': 'call_Qk3VhZ' } }),
      aSpan({ ...span(2, 1), name: 'tools/call search', attributes: mcp }),
    ])
    expect([...rows.keys()]).toEqual(['call_Qk3VhZ'])
    expect(rows.get('call_Qk3VhZ')).toMatchObject({
      kind: 'mcp',
      outcome: 'failed',
      error_type: 'tool_error',
    })
  },
)

test.each(['mcp__web__search', 'mcp_tool'])(
  'an MCP span inside the span of an agent that calls its tool %s belongs to the same call',
  async (name) => {
    const mcp = { 'gen_ai.operation.name': '', 'mcp.method.name': 'tools/call' }
    const { rows } = await stored([
      aSpan({ ...span(2, 1), name: 'tools/call search', attributes: mcp }),
      aSpan({ ...span(1), attributes: { 'gen_ai.tool.call.id': 'call_Qk3VhZ', 'gen_ai.tool.name': name } }),
    ])
    expect([...rows.keys()]).toEqual(['call_Qk3VhZ'])
    expect(rows.get('call_Qk3VhZ')).toMatchObject({ kind: 'mcp', skill_name: name })
    expect(rows.get('call_Qk3VhZ')).not.toHaveProperty('parent_invocation_id')
  },
)

test('an MCP span inside the span of another tool is a call of its own', async () => {
  const mcp = { 'gen_ai.operation.name': '', 'mcp.method.name': 'tools/call' }
  const { rows } = await stored([
    aSpan({ ...span(1), attributes: { 'gen_ai.tool.name': 'mcp__web__deep_search' } }),
    aSpan({ ...span(2, 1), name: 'tools/call search', attributes: mcp }),
  ])
  expect(rows.get(idOf(2))).toMatchObject({ skill_name: 'search', parent_invocation_id: idOf(1) })
})

test('of arguments and results only sizes are stored, and sources without their credentials', async () => {
  const { rows } = await stored([
    aSpan({
      attributes: {
        'gen_ai.skill.name': 'pdf',
        'gen_ai.tool.call.arguments': '{"secret":"hunter2"}',
        'gen_ai.tool.call.result': 'hunter2',
        'gen_ai.skill.source.uri': 'https://me:hunter2@example.org/skill?token=hunter2',
      },
    }),
  ])
  expect(rows.get(idOf(1))).toMatchObject({ arguments_bytes: 20, result_bytes: 7 })
  expect(rows.get(idOf(1))!.attributes).toMatchObject({
    'gen_ai.skill.source.uri': 'https://example.org/skill',
  })
  expect(JSON.stringify([...rows.values()])).not.toContain('hunter2')
})

test("Claude Code's spans give a call its elapsed time, and a phase its execution time", async () => {
  const own = {
    'gen_ai.operation.name': '',
    'gen_ai.tool.name': '',
    'gen_ai.conversation.id': '',
    'session.id': 's',
  }
  const { rows } = await stored([
    aSpan({
      ...span(1),
      name: 'claude_code.tool',
      attributes: { ...own, tool_name: 'Skill', skill_name: 'pdf', tool_use_id: 'toolu_1' },
    }),
    aSpan({
      ...span(2, 1),
      name: 'claude_code.tool.blocked_on_user',
      attributes: { ...own, decision: 'accept' },
    }),
    aSpan({
      ...span(3, 1),
      name: 'claude_code.tool.execution',
      startTimeUnixNano: before(1_500),
      attributes: { ...own, success: 'true' },
    }),
    aSpan({
      ...span(4),
      name: 'claude_code.tool',
      attributes: { ...own, tool_name: 'Bash', tool_use_id: 'toolu_2' },
    }),
    aSpan({
      ...span(5, 4),
      name: 'claude_code.tool.blocked_on_user',
      attributes: { ...own, decision: 'reject', source: 'user_reject' },
    }),
  ])
  expect(rows.size).toBe(2)
  expect(rows.get('toolu_1')).toMatchObject({
    kind: 'skill',
    skill_name: 'pdf',
    agent_name: 'claude-code',
    elapsed_ms: 2_000,
    execution_ms: 500,
    outcome: 'completed',
  })
  expect(rows.get('toolu_2')).toMatchObject({
    kind: 'tool',
    skill_name: 'Bash',
    outcome: 'rejected',
    error_type: 'user_rejected',
  })
})

test('addresses of people never become users', async () => {
  const { rows } = await stored([
    aSpan({ attributes: { 'user.id': 'someone@example.org', 'user.email': 'x@example.org' } }),
  ])
  expect(rows.get(idOf(1))!.user_hash).toBeUndefined()
})
