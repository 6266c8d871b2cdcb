/**
 * A process of its own: opens clients, prints `subscribed`, counts until each has received all changes, and
 * prints the result. Arguments: url, number of clients, changes that each one receives, file for the
 * messages of the first client.
 */
import { writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { openSink, type Sink } from './sink.ts'

/** What all clients together received between the first message and the last. */
export interface ClientsResult {
  readonly seconds: number
  readonly messages: number
  readonly changes: number
  readonly bytes: number
}

/** Most clients that connect at the same time, because the backlog of a server is bounded. */
const OPENING_MAX = 50

const [url = '', clientsText, changesText, messagesPath = ''] = process.argv.slice(2)
const clients = Number(clientsText)
const changesEach = Number(changesText)

const sinks: Sink[] = []
const captured: Buffer[] = []
let subscribed = 0
let completed = 0
let startedAt = 0

for (let index = 0; index < clients; index++) {
  while (index - subscribed >= OPENING_MAX) await delay(1)
  const sink: Sink = openSink({
    url,
    onSubscribed: () => {
      subscribed += 1
    },
    onChanges: (payload) => {
      if (startedAt === 0) startedAt = performance.now()
      if (index === 0) captured.push(Buffer.from(payload))
      if (sink.changes > changesEach)
        fail(new Error(`sent ${sink.changes} changes instead of ${changesEach}`))
      if (sink.changes === changesEach) complete()
    },
    onFailure: fail,
  })
  sinks.push(sink)
}
while (subscribed < clients) await delay(1)
process.stdout.write('subscribed\n')

function complete(): void {
  completed += 1
  if (completed < clients) return
  const seconds = (performance.now() - startedAt) / 1000
  const sum = (read: (sink: Sink) => number) => sinks.reduce((total, sink) => total + read(sink), 0)
  const result: ClientsResult = {
    seconds,
    messages: sum(({ messages }) => messages),
    changes: sum(({ changes }) => changes),
    bytes: sum(({ bytes }) => bytes),
  }
  // JSON has no line breaks of its own, so one line is one message.
  writeFileSync(messagesPath, captured.map((message) => `${message.toString()}\n`).join(''))
  for (const sink of sinks) sink[Symbol.dispose]()
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

function fail(error: Error): void {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
