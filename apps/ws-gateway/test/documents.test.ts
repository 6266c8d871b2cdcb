import { readFileSync } from 'node:fs'
import { createApiKey } from '@skillwatch/db'
import { CLOSE_CODES, ClientMessage, ServerMessage } from '@skillwatch/schema'
import { NOW_MS, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { asyncApiDocument } from '../scripts/asyncapi-document.ts'
import { startGateway } from './support/gateway.ts'
import { connectStream } from './support/stream-client.ts'

const read = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')
const page = read('WEBSOCKET.md')

test('docs/asyncapi.yaml is in step with the schemas (npm run build writes it)', () => {
  expect(read('asyncapi.yaml')).toBe(asyncApiDocument())
})

test('the AsyncAPI document names every message, and all its references resolve', () => {
  const document = asyncApiDocument()
  for (const { properties } of [...ClientMessage.anyOf, ...ServerMessage.anyOf]) {
    expect(document).toContain(`      name: ${properties.type.const}\n`)
  }
  for (const [, name] of document.matchAll(/#\/components\/(?:messages|schemas)\/(\w+)/g)) {
    expect(document).toContain(`\n    ${name}:\n`)
  }
})

test('the page lists every close code', () => {
  for (const { code, reason } of Object.values(CLOSE_CODES))
    expect(page).toContain(`| ${code} | ${reason} |`)
})

/** The log that the dialogues of the page assume. */
const LOG = [
  { session_id: '3f2a', skill_name: 'pdf-fill' },
  { session_id: '3f2a', skill_name: 'search', kind: 'mcp', outcome: 'failed' },
  { session_id: '3f2a', skill_name: 'deploy', outcome: 'rejected' },
] as const

const dialogues = [...page.matchAll(/```dialogue( requires-key)?\n([\s\S]*?)```/g)].map(([, key, text]) => ({
  first: text!.split('\n').find((line) => line.startsWith('→')) ?? '',
  /** A message that continues on the next line is one message. */
  lines: text!.trim().split(/\n(?=[→←])/),
  requiresKey: key !== undefined,
}))

test.each(dialogues)(
  'the dialogue around $first is what the server says',
  async ({ lines, requiresKey }) => {
    let apiKey = ''
    await using gateway = await startGateway({
      access: requiresKey ? { mode: 'deny' } : {},
      prepare: (writer) => {
        apiKey = createApiKey(writer, { name: 'reader', scopes: ['read'] }, NOW_MS).api_key
      },
    })
    await gateway.record(LOG)
    using client = connectStream(gateway.url)
    await until(() => client.socket.readyState === client.socket.OPEN)
    let heard = 0
    for (const line of lines) {
      const text = line.slice(2).replace('$SKILLWATCH_API_KEY', apiKey)
      if (line.startsWith('→')) client.socket.send(text)
      else {
        const message = await until(() => client.messages[heard])
        expect(message).toMatchObject(withWildcards(JSON.parse(text)))
        heard += 1
      }
    }
  },
)

function withWildcards(value: unknown): object {
  return JSON.parse(JSON.stringify(value), (_key, part) => (part === '…' ? expect.any(String) : part))
}

test('the client of the page follows the log, also over a cut', async () => {
  await using gateway = await startGateway()
  await gateway.record(LOG)
  const code = /```js\n([\s\S]*?)```/.exec(page)![1]!
  const sockets: WebSocket[] = []
  const Recorded = class extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args)
      sockets.push(this)
    }
  }
  const { follow, state, invocations } = new Function(
    'WebSocket',
    `${code}; return { follow, state, invocations }`,
  )(Recorded)
  follow(gateway.url)
  await until(() => state.offset === 3)
  sockets[0]!.close()
  await gateway.record(LOG)
  await until(() => state.offset === 6)
  expect(invocations.size).toBe(6)
  for (const socket of sockets) {
    socket.onclose = null
    socket.close()
  }
})
