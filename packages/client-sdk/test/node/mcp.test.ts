import { Client as McpClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import {
  type CallToolResult,
  createMcpHandler,
  fromJsonSchema,
  InMemoryTransport,
  inputRequired,
  McpServer,
  Server,
} from '@modelcontextprotocol/server'
import type { Invocation } from '@skillwatch/schema'
import { freePort, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { type Client, createClient } from '../../src/node/index.ts'
import { recordTools, type ToolServer } from '../../src/tracking/mcp.ts'
import { useServices } from './services.ts'

const { urls } = useServices()

const textResult = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] })
const City = fromJsonSchema<{ city: string }>({
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
})

interface Connected extends AsyncDisposable {
  readonly agent: McpClient
  readonly client: Client
  /** The recorded calls of this session, after all of them have been sent. */
  recorded(): Promise<Invocation[]>
}

/** An agent connected to the server; its calls are recorded in a session of their own. */
async function connect(server: McpServer | Server, client: Client, sessionId: string): Promise<Connected> {
  const [ours, theirs] = InMemoryTransport.createLinkedPair()
  const agent = new McpClient({ name: 'agent', version: '1.0.0' })
  await Promise.all([server.connect(ours), agent.connect(theirs)])
  return {
    agent,
    client,
    recorded: () => recordedIn(sessionId, client),
    async [Symbol.asyncDispose]() {
      await agent.close()
      await client.close()
    },
  }
}

async function recordedIn(sessionId: string, client: Client): Promise<Invocation[]> {
  expect(await client.flush()).toBe(true)
  const response = await fetch(`${urls.readUrl}/v1/invocations?session_id=${sessionId}&order=asc`)
  return ((await response.json()) as { items: Invocation[] }).items
}

const newClient = (sessionId: string) => createClient({ ...urls, sessionId, batchDelayMs: 5 })
const newServer = () => new McpServer({ name: 'demo', version: '1.0.0' })

function registerTools(server: McpServer, names: readonly string[]): void {
  const tools: Record<string, () => void> = {
    good: () => server.registerTool('good', { description: 'works' }, async () => textResult('fine')),
    bad: () => server.registerTool('bad', {}, async () => ({ ...textResult('no'), isError: true })),
    worse: () =>
      server.registerTool('worse', {}, async () => {
        throw new RangeError('secret detail')
      }),
    weather: () =>
      server.registerTool('weather', { inputSchema: City }, async ({ city }) => textResult(`rain: ${city}`)),
  }
  for (const name of names) tools[name]!()
}

const CALLS = [
  { name: 'good' },
  { name: 'bad' },
  { name: 'worse' },
  { name: 'weather', arguments: { city: 'Kiel' } },
  { name: 'weather', arguments: { city: 7 } },
  { name: 'missing' },
]

/** The result of each call, or its error. */
function answers(agent: McpClient): Promise<unknown[]> {
  const ask = (call: (typeof CALLS)[number]) =>
    agent.callTool(call).catch((error: { name: string; code: unknown; message: string }) => {
      return { name: error.name, code: error.code, message: error.message }
    })
  return Promise.all(CALLS.map(ask))
}

test('calls of tools registered before and after are recorded, and no answer is changed', async () => {
  const plainServer = newServer()
  registerTools(plainServer, ['good', 'bad', 'worse', 'weather'])
  await using plain = await connect(plainServer, newClient('mcp-plain'), 'mcp-plain')
  const server = newServer()
  const client = newClient('mcp-1')
  registerTools(server, ['good', 'worse'])
  expect(recordTools(server, client, { serverName: 'demo' })).toBe(server)
  registerTools(server, ['bad', 'weather'])
  await using recording = await connect(server, client, 'mcp-1')

  expect(await answers(recording.agent)).toEqual(await answers(plain.agent))
  const calls = await recording.recorded()
  const recorded = calls.map(({ kind, skill_name, outcome, error_type }) => [
    kind,
    skill_name,
    outcome,
    error_type,
  ])
  expect(recorded.sort()).toEqual(
    [
      ['mcp', 'mcp__demo__good', 'completed', undefined],
      ['mcp', 'mcp__demo__bad', 'failed', 'tool_error'],
      ['mcp', 'mcp__demo__worse', 'failed', 'RangeError'],
      ['mcp', 'mcp__demo__weather', 'completed', undefined],
      ['mcp', 'mcp__demo__weather', 'failed', 'tool_error'],
      ['mcp', 'mcp__demo__missing', 'failed', 'ProtocolError'],
    ].sort(),
  )
  for (const call of calls) expect(call.execution_ms).toBeGreaterThanOrEqual(0)
  expect(JSON.stringify(calls)).not.toMatch(/secret detail|Kiel|rain/)
  expect(await plain.recorded()).toEqual([])
})

test('a call is abandoned when its client cancels it or its connection ends', async () => {
  const server = newServer()
  const client = newClient('mcp-2')
  const started: (() => void)[] = []
  server.registerTool('wait', {}, async () => {
    await new Promise<void>((resolve) => started.push(resolve))
    return textResult('late')
  })
  recordTools(server, client, { serverName: 'demo' })
  await using recording = await connect(server, client, 'mcp-2')
  const stop = new AbortController()
  const given = recording.agent.callTool({ name: 'wait' }, { signal: stop.signal }).catch(() => 'given up')
  const cut = recording.agent.callTool({ name: 'wait' }).catch(() => 'cut')
  await until(() => started.length === 2)
  stop.abort()
  expect(await given).toBe('given up')
  await until(async () => (await recording.recorded()).some(({ outcome }) => outcome === 'abandoned'))
  expect((await recording.recorded()).map(({ outcome }) => outcome)).toEqual(['abandoned', 'running'])
  await recording.agent.close()
  expect(await cut).toBe('cut')
  for (const finish of started) finish()
  await until(async () => (await recording.recorded()).every(({ outcome }) => outcome === 'abandoned'))
})

test('calls tracked inside a tool are children of its call, also in parallel', async () => {
  const server = newServer()
  const client = newClient('mcp-3')
  recordTools(server, client, {
    serverName: 'demo',
    fields: ({ arguments: { city } }) => ({ workflow_step_id: `${city}` }),
  })
  const look = client.wrap(
    'look-up',
    async (city: string) => textResult(city),
    (city) => ({ workflow_step_id: city }),
  )
  server.registerTool('weather', { inputSchema: City }, async ({ city }) => {
    await new Promise((resolve) => setImmediate(resolve))
    return look(city)
  })
  await using recording = await connect(server, client, 'mcp-3')
  await Promise.all(
    ['Kiel', 'Bonn'].map((city) => recording.agent.callTool({ name: 'weather', arguments: { city } })),
  )
  const calls = await recording.recorded()
  const inner = calls.filter(({ skill_name }) => skill_name === 'look-up')
  expect(inner).toHaveLength(2)
  for (const { workflow_step_id, parent_invocation_id } of inner) {
    const outer = calls.find((call) => call.kind === 'mcp' && call.workflow_step_id === workflow_step_id)
    expect(parent_invocation_id).toBe(outer?.invocation_id)
  }
})

test('tools that are updated, renamed or removed are recorded with their current name', async () => {
  const server = newServer()
  const client = newClient('mcp-4')
  const tool = server.registerTool('old', {}, async () => textResult('old'))
  recordTools(server, client, { serverName: 'demo' })
  await using recording = await connect(server, client, 'mcp-4')
  tool.update({
    name: 'new',
    callback: async () => {
      throw new TypeError('broken by the update')
    },
  })
  expect(await recording.agent.callTool({ name: 'new' })).toMatchObject({ isError: true })
  tool.remove()
  await expect(recording.agent.callTool({ name: 'new' })).rejects.toThrow('not found')
  const calls = await recording.recorded()
  expect(calls.map(({ skill_name, error_type }) => [skill_name, error_type])).toEqual([
    ['mcp__demo__new', 'TypeError'],
    ['mcp__demo__new', 'ProtocolError'],
  ])
})

test.each(['before', 'after'])(
  'calls and errors of a Server are recorded when its handler is set %s recordTools',
  async (when) => {
    const sessionId = `mcp-5-${when}`
    const server = new Server({ name: 'low', version: '1.0.0' }, { capabilities: { tools: {} } })
    const client = newClient(sessionId)
    if (when === 'after') recordTools(server, client, { serverName: 'low' })
    server.setRequestHandler('tools/call', async ({ params }) => {
      if (params.name === 'throw') throw new SyntaxError('thrown')
      return textResult(params.name)
    })
    if (when === 'before') recordTools(server, client, { serverName: 'low' })
    await using recording = await connect(server, client, sessionId)
    expect(await recording.agent.callTool({ name: 'echo' })).toMatchObject(textResult('echo'))
    await expect(recording.agent.callTool({ name: 'throw' })).rejects.toThrow('thrown')
    const calls = await recording.recorded()
    expect(calls.map(({ skill_name, outcome, error_type }) => [skill_name, outcome, error_type])).toEqual([
      ['mcp__low__echo', 'completed', undefined],
      ['mcp__low__throw', 'failed', 'SyntaxError'],
    ])
  },
)

test('a tool that asks the user for input makes two calls, and the first is marked', async () => {
  const client = newClient('mcp-http')
  const confirmation = { type: 'object', properties: { ok: { type: 'boolean' } } } as const
  const handler = createMcpHandler(() => {
    const server = recordTools(newServer(), client, {
      serverName: 'demo',
      fields: { workflow_phase: 'deployment' },
    })
    server.registerTool('deploy', {}, async ({ mcpReq }) => {
      if (mcpReq.inputResponses !== undefined) return textResult('deployed')
      const ok = inputRequired.elicit({ message: 'Deploy?', requestedSchema: confirmation })
      return inputRequired({ inputRequests: { ok } })
    })
    return server
  })
  const agent = new McpClient(
    { name: 'agent', version: '1.0.0' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: 'auto' } },
  )
  agent.setRequestHandler('elicitation/create', async () => ({ action: 'accept', content: { ok: true } }))
  const url = new URL('http://127.0.0.1/mcp')
  const fetch = (address: string | URL, init?: RequestInit) => handler.fetch(new Request(address, init))
  await agent.connect(new StreamableHTTPClientTransport(url, { fetch }))
  expect(await agent.callTool({ name: 'deploy' })).toMatchObject(textResult('deployed'))
  await agent.close()
  await handler.close()
  const calls = await recordedIn('mcp-http', client)
  expect(calls).toMatchObject([
    {
      skill_name: 'mcp__demo__deploy',
      outcome: 'completed',
      attributes: { 'mcp.result.type': 'input_required' },
    },
    { skill_name: 'mcp__demo__deploy', outcome: 'completed', workflow_phase: 'deployment' },
  ])
  expect(calls[1]).not.toHaveProperty('attributes')
  await client.close()
})

test('a server that is recorded twice counts each call once', async () => {
  const server = newServer()
  const client = newClient('mcp-6')
  registerTools(server, ['good'])
  for (const each of [server, server, server.server]) recordTools(each, client, { serverName: 'demo' })
  await using recording = await connect(server, client, 'mcp-6')
  await recording.agent.callTool({ name: 'good' })
  expect(await recording.recorded()).toHaveLength(1)
})

test('session, `_meta` and cancellation are read from the context of version 1 of the SDK', async () => {
  const handlers = new Map<string, (request: object, context: object) => unknown>()
  const server = { _requestHandlers: handlers, setRequestHandler: () => undefined }
  const client = newClient('mcp-v1')
  recordTools(server, client, {
    serverName: 'v1',
    fields: ({ sessionId, meta }) => ({
      attributes: { session: sessionId!, purpose: String(meta?.purpose) },
    }),
  })
  const finish = Promise.withResolvers<CallToolResult>()
  handlers.set('tools/call', () => finish.promise)
  const stop = new AbortController()
  const context = { sessionId: 't-1', signal: stop.signal, _meta: { purpose: 'test' } }
  const call = handlers.get('tools/call')!({ params: { name: 'wait' } }, context)
  stop.abort()
  finish.resolve(textResult('late'))
  expect(await call).toEqual(textResult('late'))
  expect(await recordedIn('mcp-v1', client)).toMatchObject([
    { skill_name: 'mcp__v1__wait', outcome: 'abandoned', attributes: { session: 't-1', purpose: 'test' } },
  ])
  await client.close()
})

test('tools work as before when Skillwatch is down and when `fields` throws', async () => {
  const server = newServer()
  const client = createClient({
    url: `http://127.0.0.1:${await freePort()}`,
    sessionId: 'mcp-7',
    logger: { warn: () => undefined },
  })
  registerTools(server, ['good'])
  recordTools(server, client, {
    serverName: 'demo',
    fields: () => {
      throw new Error('no fields')
    },
  })
  const { agent } = await connect(server, client, 'mcp-7')
  expect(await agent.callTool({ name: 'good' })).toMatchObject(textResult('fine'))
  expect(client.stats()).toMatchObject({ recorded: 1, sent: 0 })
  await agent.close()
  await client.close({ timeoutMs: 1 })
})

test('a value that is not a server is refused at once', () => {
  const client = newClient('mcp-8')
  for (const wrong of [{ setRequestHandler: () => undefined }, { server: undefined }]) {
    expect(() => recordTools(wrong as unknown as ToolServer, client, { serverName: 'x' })).toThrow(
      /expected an McpServer/,
    )
  }
})
