import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client as McpClient } from '@modelcontextprotocol/client'
import { InMemoryTransport, McpServer } from '@modelcontextprotocol/server'
import { type Client, createClient } from '@skillwatch/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { REPOSITORY_ROOT } from '../../src/settings.ts'
import { type OwnEnvironment, ownEnvironment, startService } from '../stack.ts'

type RecordTools = (server: McpServer, serverName: string, client: Client) => void

/** Beside this file, so that its imports find the packages. */
const RECIPE = join(import.meta.dirname, `recipe-of-the-document.${process.pid}.ts`)
const stack = new AsyncDisposableStack()
let own: OwnEnvironment

beforeAll(async () => {
  own = stack.use(await ownEnvironment())
  stack.use(await startService('ingest', own))
  stack.use(await startService('ws-gateway', own))
  stack.defer(() => rmSync(RECIPE))
  const document = readFileSync(join(REPOSITORY_ROOT, 'docs/INTEGRATIONS.md'), 'utf8')
  writeFileSync(RECIPE, /<!-- the test of the recipes runs this -->\n```ts\n(.*?)```/s.exec(document)![1]!)
})
afterAll(() => stack.disposeAsync())

async function recorded(sessionId: string): Promise<Record<string, unknown>[]> {
  const url = `http://127.0.0.1:${own.ports['ws-gateway']}/v1/invocations?session_id=${sessionId}&order=asc`
  return ((await (await fetch(url)).json()) as { items: Record<string, unknown>[] }).items
}

test('the recipe records every call of a tool of an MCP server, and changes none of them', async () => {
  const { recordTools } = (await import(RECIPE)) as { recordTools: RecordTools }
  const client = createClient({ url: `http://127.0.0.1:${own.ports.ingest}`, sessionId: 'mcp-1' })
  const server = new McpServer({ name: 'demo', version: '1.0.0' })
  recordTools(server, 'demo', client)
  const text = (value: string) => [{ type: 'text' as const, text: value }]
  server.registerTool('good', { description: 'works' }, async () => ({ content: text('fine') }))
  server.registerTool('bad', { description: 'says no' }, async () => ({ isError: true, content: text('no') }))
  server.registerTool('worse', { description: 'throws' }, async () => {
    throw new RangeError('secret detail')
  })
  const [ours, theirs] = InMemoryTransport.createLinkedPair()
  const agent = new McpClient({ name: 'agent', version: '1.0.0' })
  await Promise.all([server.connect(ours), agent.connect(theirs)])

  const results = []
  for (const name of ['good', 'bad', 'worse']) results.push(await agent.callTool({ name }))
  await agent.close()
  await client.close()

  expect(results.map((result) => result.isError === true)).toEqual([false, true, true])
  expect(results[0]!.content).toEqual(text('fine'))
  const calls = await recorded('mcp-1')
  expect(calls).toEqual([
    expect.objectContaining({ kind: 'mcp', skill_name: 'mcp__demo__good', outcome: 'completed' }),
    expect.objectContaining({ skill_name: 'mcp__demo__bad', outcome: 'failed', error_type: 'tool_error' }),
    expect.objectContaining({ skill_name: 'mcp__demo__worse', outcome: 'failed', error_type: 'RangeError' }),
  ])
  expect(JSON.stringify(calls)).not.toContain('secret detail')
})
