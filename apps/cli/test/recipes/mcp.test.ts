import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client as McpClient } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { createClient } from '@skillwatch/client'
import { inheritedEnvironment, temporaryFolder } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { REPOSITORY_ROOT } from '../../src/settings.ts'
import { type OwnEnvironment, ownEnvironment, startService } from '../stack.ts'

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

test("the recipe's server records every tool call, also the last ones before it is killed", async () => {
  const url = `http://127.0.0.1:${own.ports.ingest}`
  using folder = temporaryFolder()
  const spool = { folder: folder.path }
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [RECIPE],
    env: {
      ...inheritedEnvironment(),
      SKILLWATCH_INGEST_URL: url,
      SKILLWATCH_SESSION_ID: 'mcp-recipe',
      DICE_SPOOL: spool.folder,
    },
  })
  const agent = new McpClient({ name: 'agent', version: '1.0.0' })
  await agent.connect(transport)
  const results = []
  for (const name of ['roll', 'cheat', 'roll']) results.push(await agent.callTool({ name }))
  process.kill(transport.pid!, 'SIGKILL')
  await agent.close()
  await using next = createClient({ url, sessionId: 'next', spool })
  expect(await next.flush()).toBe(true)

  expect(results.map(({ isError }) => isError === true)).toEqual([false, true, false])
  const calls = await recorded('mcp-recipe')
  expect(calls).toEqual([
    expect.objectContaining({ kind: 'mcp', skill_name: 'mcp__dice__roll', outcome: 'completed' }),
    expect.objectContaining({ skill_name: 'mcp__dice__cheat', outcome: 'failed', error_type: 'RangeError' }),
    expect.objectContaining({ skill_name: 'mcp__dice__roll', outcome: 'completed' }),
  ])
  expect(JSON.stringify(calls)).not.toContain('does not cheat')
})
