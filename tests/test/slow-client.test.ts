import { readFileSync } from 'node:fs'
import { CLOSE_CODES, type Observation, STREAM_SUBPROTOCOL } from '@skillwatch/schema'
import { until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { record } from './support/post.ts'
import { connectWithoutReading } from './support/raw-client.ts'
import { samplesOf } from './support/read.ts'
import { createSkillwatch } from './support/skillwatch.ts'

const READERS = 100
/** A client may have twenty subscriptions, so twenty times as many bytes are meant for the silent client. */
const SUBSCRIPTIONS = 20
const BATCHES = 40
const BATCH_ITEMS = 50
const ATTRIBUTES = Object.fromEntries(
  Array.from({ length: 6 }, (_, index) => [`text.${index}`, 'x'.repeat(1_000)]),
)
const BYTES = BATCHES * BATCH_ITEMS * 6_000
/**
 * Far less than the bytes meant for the silent client, far more than the garbage that is not collected yet.
 */
const GROWTH_BYTES_MAX = (SUBSCRIPTIONS * BYTES) / 2

test('a client that never reads delays none of 100 others, fills no memory, and is closed', async () => {
  await using skillwatch = await createSkillwatch({ WS_GATEWAY_SLOW_CLIENT_MS: '3000' })
  await skillwatch.start('ingest')
  const gateway = await skillwatch.start('ws-gateway')
  const { ingest: ingestUrl, 'ws-gateway': gatewayUrl } = skillwatch.urls

  using readers = startReaders(gatewayUrl)
  await until(() => readers.all.every((reader) => reader.isSubscribed))
  // The first round has no silent client: the memory is measured after its first growth.
  await recordMuch(ingestUrl, 'warm-up')
  await until(() => readers.all.every((reader) => reader.offset === BATCHES * BATCH_ITEMS), {
    timeoutMs: 120_000,
  })

  const beforeBytes = residentBytes(gateway.pid)
  using silent = await connectWithoutReading(gatewayUrl, subscriptions())
  await until(async () => (await subscriptionCount(gatewayUrl)) === READERS + SUBSCRIPTIONS)
  await recordMuch(ingestUrl, 'measured')
  const lastOffset = 2 * BATCHES * BATCH_ITEMS
  let peakBytes = 0
  await until(
    () => {
      peakBytes = Math.max(peakBytes, residentBytes(gateway.pid))
      return readers.all.every((reader) => reader.offset === lastOffset)
    },
    { timeoutMs: 120_000, what: 'all changes at all readers' },
  )
  // All others have all changes, and the silent client has not read a byte since its handshake.
  expect(silent.bytesRead).toBeLessThan(1_000)
  expect(readers.all.map((reader) => reader.failure).filter((failure) => failure !== undefined)).toEqual([])
  expect(readers.all.filter((reader) => reader.isClosed)).toEqual([])

  await until(async () => (await closes(gatewayUrl, CLOSE_CODES.slow.code)) === 1, { timeoutMs: 60_000 })
  peakBytes = Math.max(peakBytes, residentBytes(gateway.pid))
  expect(peakBytes - beforeBytes).toBeLessThan(GROWTH_BYTES_MAX)

  await silent.drain()
  // Only the buffers of the system and the small buffer of the gateway had been filled.
  expect(silent.bytesRead).toBeLessThan((SUBSCRIPTIONS * BYTES) / 4)
  expect(await subscriptionCount(gatewayUrl)).toBe(READERS)
})

interface Reader {
  readonly socket: WebSocket
  isSubscribed: boolean
  isClosed: boolean
  offset: number
  failure: Error | undefined
}

/** Clients that read at once and parse the ranges only: a hundred full parsers would be the slowest part. */
function startReaders(gatewayUrl: string): Disposable & { all: Reader[] } {
  const all = Array.from({ length: READERS }, () => startReader(gatewayUrl))
  return {
    all,
    [Symbol.dispose]() {
      for (const { socket } of all) socket.terminate()
    },
  }
}

function startReader(gatewayUrl: string): Reader {
  const socket = new WebSocket(gatewayUrl.replace(/^http/, 'ws'), STREAM_SUBPROTOCOL, {
    perMessageDeflate: false,
  })
  const reader: Reader = { socket, isSubscribed: false, isClosed: false, offset: 0, failure: undefined }
  socket.on('open', () => socket.send('{"type":"subscribe","id":"r","from":"start"}'))
  socket.on('message', (data: Buffer) => {
    const head = data.toString('latin1', 0, 100)
    if (head.startsWith('{"type":"subscribed"')) reader.isSubscribed = true
    const range = /^\{"type":"changes","id":"r","from":(\d+),"to":(\d+),/.exec(head)
    if (!range) return
    const [from, to] = [Number(range[1]), Number(range[2])]
    if (from !== reader.offset + 1)
      reader.failure ??= new Error(`range ${from}–${to} does not follow ${reader.offset}`)
    reader.offset = to
  })
  socket.on('close', () => {
    reader.isClosed = true
  })
  socket.on('error', (error) => {
    reader.failure ??= error
  })
  return reader
}

function subscriptions() {
  return Array.from({ length: SUBSCRIPTIONS }, (_, index) => ({
    type: 'subscribe' as const,
    id: `s${index}`,
    from: 'now' as const,
  }))
}

async function recordMuch(ingestUrl: string, name: string): Promise<void> {
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const observations = Array.from(
      { length: BATCH_ITEMS },
      (_, index): Observation => ({
        invocation_id: `${name}-${batch}-${index}`,
        // A call of a tool is no use of a skill, so nothing is derived from it.
        kind: 'tool',
        skill_name: 'Read',
        session_id: 'session-1',
        outcome: 'completed',
        attributes: ATTRIBUTES,
      }),
    )
    await record(ingestUrl, observations, 'ndjson')
  }
}

function residentBytes(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!
  return Number(kibibytes) * 1_024
}

function subscriptionCount(gatewayUrl: string): Promise<number> {
  return metric(gatewayUrl, 'skillwatch_ws_subscriptions', { type: 'changes' })
}

function closes(gatewayUrl: string, code: number): Promise<number> {
  return metric(gatewayUrl, 'skillwatch_ws_closes_total', { code: String(code) })
}

async function metric(gatewayUrl: string, name: string, labels: Record<string, string>): Promise<number> {
  const samples = samplesOf(await (await fetch(`${gatewayUrl}/metrics`)).text(), name)
  return samples
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0)
}
