import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Change, StreamPosition } from '@skillwatch/schema'
import { until } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws'
import {
  type StreamEvent,
  StreamGapError,
  type StreamOptions,
  StreamRefusedError,
  streamChanges,
} from '../src/index.ts'

interface Subscribe {
  id: string
  from: 'now' | 'start' | StreamPosition
  filter?: unknown
}

interface Session {
  readonly socket: ServerSocket
  readonly messages: { type: string }[]
  readonly subscribe: Subscribe
  say(message: object): void
}

interface GatewayDouble extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly sessions: Session[]
}

const EPOCH = 'e1'
const quick = { backoff: { delayMs: 1, delayMsMax: 5 } }

/** A real WebSocket server instead of the gateway; `serve` is called for each subscription. */
async function startGatewayDouble(
  serve: (session: Session, index: number) => void,
  port = 0,
): Promise<GatewayDouble> {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port,
    handleProtocols: (offered) => [...offered][0] ?? false,
  })
  await once(server, 'listening')
  const sessions: Session[] = []
  server.on('connection', (socket) => {
    const messages: { type: string }[] = []
    const say = (message: object) => socket.send(JSON.stringify(message))
    say({ type: 'hello', epoch: EPOCH, offset: 0, server_version: '0' })
    socket.on('message', (data) => {
      const message = JSON.parse(String(data))
      messages.push(message)
      if (message.type === 'ping') say({ type: 'pong' })
      if (message.type !== 'subscribe') return
      const session = { socket, messages, subscribe: message as Subscribe, say }
      serve(session, sessions.push(session) - 1)
    })
  })
  const { port: actual } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${actual}`,
    port: actual,
    sessions,
    async [Symbol.asyncDispose]() {
      for (const socket of server.clients) socket.terminate()
      server.close()
      await once(server, 'close')
    },
  }
}

function change(offset: number): Change {
  return { offset, op: 'insert', invocation: { invocation_id: `id-${offset}` } } as Change
}

function changes(from: number, to: number) {
  const items = Array.from({ length: to - from + 1 }, (_, index) => change(from + index))
  return { type: 'changes', id: 'changes', from, to, items }
}

const subscribed = (offset: number, more: object = {}) => ({
  type: 'subscribed',
  id: 'changes',
  epoch: EPOCH,
  offset,
  recovered: true,
  ...more,
})

function fromOffset({ subscribe }: Session): number {
  return typeof subscribe.from === 'object' ? subscribe.from.offset : 0
}

/** Reads until `done` returns true, and ends the stream. */
async function collect(
  options: StreamOptions,
  done: (events: StreamEvent[]) => boolean,
): Promise<StreamEvent[]> {
  const stop = new AbortController()
  const events: StreamEvent[] = []
  for await (const event of streamChanges({ ...quick, ...options, signal: stop.signal })) {
    events.push(event)
    if (done(events)) stop.abort()
  }
  return events
}

const offsets = (events: StreamEvent[]) =>
  events.flatMap((event) => (event.type === 'changes' ? event.items.map((item) => item.offset) : []))
const types = (events: StreamEvent[]) => events.map((event) => event.type)

test('a subscription yields its start, the changes, and when it has caught up', async () => {
  await using gateway = await startGatewayDouble((session) => {
    session.say(subscribed(0))
    session.say(changes(1, 2))
    session.say({ type: 'caught_up', id: 'changes', offset: 2 })
    session.say(changes(3, 3))
  })
  const filter = { skill_name: 'pdf-fill' }
  const events = await collect({ url: gateway.url, from: 'start', filter }, (each) => each.length === 4)
  expect(types(events)).toEqual(['subscribed', 'changes', 'caught_up', 'changes'])
  expect(offsets(events)).toEqual([1, 2, 3])
  expect(gateway.sessions[0]!.subscribe).toMatchObject({ from: 'start', filter })
  expect(gateway.sessions[0]!.socket.protocol).toBe('skillwatch.v1.json')
})

test('the key is the first message', async () => {
  await using gateway = await startGatewayDouble((session) => session.say(subscribed(0)))
  await collect({ url: gateway.url, apiKey: 'sw_a_b' }, (each) => each.length === 1)
  expect(gateway.sessions[0]!.messages[0]).toEqual({ type: 'auth', api_key: 'sw_a_b' })
})

test('after a lost connection the stream resumes after the last change it received', async () => {
  await using gateway = await startGatewayDouble((session, index) => {
    const offset = fromOffset(session)
    session.say(subscribed(offset))
    session.say(changes(offset + 1, offset + 2))
    if (index < 3) session.socket.terminate()
  })
  const events = await collect({ url: gateway.url, from: 'start' }, (each) => offsets(each).length === 8)
  expect(offsets(events)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(types(events).filter((type) => type === 'disconnected').length).toBe(3)
  expect(gateway.sessions[1]!.subscribe.from).toEqual({ epoch: EPOCH, offset: 2 })
})

test('a stream waits for a server that is not running yet, and survives its restart', async () => {
  const serve = (session: Session) => {
    const offset = fromOffset(session)
    session.say(subscribed(offset))
    session.say(changes(offset + 1, offset + 1))
  }
  let gateway = await startGatewayDouble(serve)
  const { port, url } = gateway
  await gateway[Symbol.asyncDispose]()
  const stop = new AbortController()
  const events: StreamEvent[] = []
  const reading = (async () => {
    for await (const event of streamChanges({ url, from: 'start', ...quick, signal: stop.signal }))
      events.push(event)
  })()
  await until(() => events.filter((event) => event.type === 'disconnected').length > 1)
  for (const count of [1, 2]) {
    gateway = await startGatewayDouble(serve, port)
    await until(() => offsets(events).length === count)
    await gateway[Symbol.asyncDispose]()
  }
  stop.abort()
  await reading
  expect(offsets(events)).toEqual([1, 2])
})

test('a lost position yields recovered: false, and the stream continues from there', async () => {
  await using gateway = await startGatewayDouble((session, index) => {
    if (index === 0) {
      session.say(subscribed(0))
      session.say(changes(1, 5))
      session.socket.terminate()
    } else {
      session.say(subscribed(2, { epoch: 'e2', recovered: false }))
      session.say(changes(3, 3))
    }
  })
  const events = await collect({ url: gateway.url, from: 'start' }, (each) => offsets(each).length === 6)
  expect(events.at(-2)).toEqual({ type: 'subscribed', epoch: 'e2', offset: 2, recovered: false })
  expect(events.at(-1)).toMatchObject({ epoch: 'e2', from: 3 })
})

test.each([
  ['a range that does not follow', changes(4, 5)],
  ['a range that is repeated', changes(1, 2)],
  ['a caught_up beyond what was sent', { type: 'caught_up', id: 'changes', offset: 7 }],
])('%s is an error', async (_, message) => {
  await using gateway = await startGatewayDouble((session) => {
    session.say(subscribed(0))
    session.say(changes(1, 2))
    session.say(message)
  })
  await expect(collect({ url: gateway.url, from: 'start' }, () => false)).rejects.toThrow(StreamGapError)
})

test('a position given by the caller is checked like one of the stream', async () => {
  await using gateway = await startGatewayDouble((session) => {
    session.say(subscribed(9))
    session.say(changes(10, 11))
  })
  const from = { epoch: EPOCH, offset: 5 }
  await expect(collect({ url: gateway.url, from }, () => false)).rejects.toThrow(StreamGapError)
  const events = await collect(
    { url: gateway.url, from: { epoch: EPOCH, offset: 9 } },
    (each) => each.length === 2,
  )
  expect(offsets(events)).toEqual([10, 11])
})

test('a log with another epoch is never recovered, even if the server says so', async () => {
  await using gateway = await startGatewayDouble((session) => session.say(subscribed(5)))
  const from = { epoch: 'e0', offset: 5 }
  const [event] = await collect({ url: gateway.url, from }, (each) => each.length === 1)
  expect(event).toEqual({ type: 'subscribed', epoch: EPOCH, offset: 5, recovered: false })
})

test('a resumed subscription that begins at another offset is an error', async () => {
  await using gateway = await startGatewayDouble((session, index) => {
    session.say(subscribed(index === 0 ? 0 : 9))
    session.say(changes(1, 2))
    if (index === 0) session.socket.terminate()
  })
  await expect(collect({ url: gateway.url, from: 'start' }, () => false)).rejects.toThrow(StreamGapError)
})

test('close codes from 4500 on end the stream, lower ones make it reconnect', async () => {
  await using gateway = await startGatewayDouble((session, index) =>
    index < 2
      ? session.socket.close(4008, 'too slow')
      : session.socket.close(4501, 'an API key is required'),
  )
  const events: StreamEvent[] = []
  const reading = collect({ url: gateway.url }, (each) => {
    events.splice(0, events.length, ...each)
    return false
  })
  await expect(reading).rejects.toThrow(StreamRefusedError)
  await expect(reading).rejects.toThrow('an API key is required')
  expect(events).toMatchObject([
    { type: 'disconnected', reason: 'too slow' },
    { type: 'disconnected', reason: 'too slow' },
  ])
})

test('a filter that the server refuses ends the stream with the message of the server', async () => {
  await using gateway = await startGatewayDouble((session) =>
    session.say({ type: 'error', code: 'invalid_message', message: 'kind must be one of …', id: 'changes' }),
  )
  await expect(collect({ url: gateway.url }, () => false)).rejects.toThrow('kind must be one of')
})

test('a silent connection is closed, one that answers pings is kept', async () => {
  await using gateway = await startGatewayDouble((session, index) => {
    session.say(subscribed(fromOffset(session)))
    // Like a dead peer: the connection stays open, and nothing is sent any more.
    if (index === 0) session.socket.removeAllListeners('message')
  })
  const stop = new AbortController()
  const events: StreamEvent[] = []
  const reading = (async () => {
    const options = { url: gateway.url, silenceMs: 200, ...quick, signal: stop.signal }
    for await (const event of streamChanges(options)) events.push(event)
  })()
  const second = await until(() => gateway.sessions[1])
  await until(() => second.messages.filter((message) => message.type === 'ping').length > 3)
  stop.abort()
  await reading
  expect(gateway.sessions.length).toBe(2)
  expect(events.find((event) => event.type === 'disconnected')?.reason).toMatch(/silent/)
})

test('for a slow reader few messages are queued, and a reconnect gets the rest', async () => {
  await using gateway = await startGatewayDouble((session) => {
    const offset = fromOffset(session)
    session.say(subscribed(offset))
    for (let next = offset + 1; next <= 100; next += 1) session.say(changes(next, next))
  })
  const stop = new AbortController()
  const taken: number[] = []
  const stream = streamChanges({
    url: gateway.url,
    from: 'start',
    queuedMessagesMax: 10,
    ...quick,
    signal: stop.signal,
  })
  for await (const event of stream) {
    if (event.type === 'changes') taken.push(event.from)
    if (taken.length === 100) stop.abort()
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(taken).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
  expect(gateway.sessions.length).toBeGreaterThan(5)
})

test('leaving the loop closes the connection', async () => {
  await using gateway = await startGatewayDouble((session) => session.say(subscribed(0)))
  for await (const _ of streamChanges({ url: gateway.url })) break
  await until(() => gateway.sessions[0]!.socket.readyState === 3)
})

test('an aborted stream ends without an error, before, during and between connections', async () => {
  await using gateway = await startGatewayDouble((session) => session.say(subscribed(0)))
  const before = []
  for await (const event of streamChanges({ url: gateway.url, signal: AbortSignal.abort() }))
    before.push(event)
  expect(before).toEqual([])
  await collect({ url: gateway.url }, (events) => events.length === 1)
  await collect(
    { url: 'http://127.0.0.1:1', backoff: { delayMs: 60_000, delayMsMax: 60_000 }, random: () => 1 },
    (events) => events.length === 1,
  )
})

test('every change is yielded once and in order, wherever connections are cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 6 }), async (cuts) => {
      await using gateway = await startGatewayDouble((session, index) => {
        const offset = fromOffset(session)
        session.say(subscribed(offset))
        const until = index < cuts.length ? Math.min(12, offset + cuts[index]!) : 12
        for (let next = offset + 1; next <= until; next += 1) session.say(changes(next, next))
        if (index < cuts.length) session.socket.terminate()
      })
      const events = await collect(
        { url: gateway.url, from: 'start' },
        (each) => offsets(each).length === 12,
      )
      expect(offsets(events)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1))
    }),
    { numRuns: 25 },
  )
})
