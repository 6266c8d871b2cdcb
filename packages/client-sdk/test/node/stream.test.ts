import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, temporaryFolder, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { type Client, createClient, type StreamEvent, type StreamOptions } from '../../src/node/index.ts'
import { startService } from './services.ts'

/** Collects the events of a stream until it is disposed. */
function listen(client: Client, options: Pick<StreamOptions, 'from' | 'filter'>) {
  const stop = new AbortController()
  const events: StreamEvent[] = []
  const ended = (async () => {
    const backoff = { delayMs: 10, delayMsMax: 100 }
    for await (const event of client.stream({ ...options, backoff, signal: stop.signal })) events.push(event)
  })()
  return {
    events,
    names: () =>
      events
        .flatMap((event) => (event.type === 'changes' ? event.items : []))
        .map((item) => {
          return item.op === 'delete' ? 'deleted' : item.invocation.skill_name
        }),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ended
    },
  }
}

async function recordOneByOne(client: Client, names: readonly string[]): Promise<void> {
  for (const name of names) {
    // A call of a tool is no use of a skill, so it is one change of the log.
    client.record({ kind: 'tool', skill_name: name, outcome: 'completed' })
    expect(await client.flush()).toBe(true)
  }
}

test('a stream resumes from a position of its log, others yield recovered: false', async () => {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const ports = [await freePort(), await freePort()] as const
  const start = async (name: string) => ({
    ingest: await startService('ingest', join(folder.path, name), ports[0]),
    gateway: await startService('ws-gateway', join(folder.path, name), ports[1]),
  })
  let services = await start('first.db')
  const { url } = services.ingest
  await using client = createClient({
    url,
    readUrl: services.gateway.url,
    sessionId: 's',
    logger: { warn: () => undefined },
  })
  await recordOneByOne(client, ['one', 'two', 'three'])

  await using all = listen(client, { from: 'start' })
  await until(() => all.names().length === 3)
  const { epoch } = all.events[0] as Extract<StreamEvent, { type: 'subscribed' }>
  await using resumed = listen(client, {
    from: { epoch, offset: 1 },
    filter: { skill_name: ['three', 'four'] },
  })
  await until(() => resumed.events.some(({ type }) => type === 'caught_up'))
  expect(resumed.events[0]).toEqual({ type: 'subscribed', epoch, offset: 1, recovered: true })
  expect(resumed.names()).toEqual(['three'])

  await using elsewhere = listen(client, { from: { epoch: 'of another log', offset: 1 } })
  await using beyond = listen(client, { from: { epoch, offset: 99 } })
  await until(() => elsewhere.events.length > 0 && beyond.events.length > 0)
  for (const { events } of [elsewhere, beyond]) {
    expect(events[0]).toEqual({ type: 'subscribed', epoch, offset: 3, recovered: false })
  }
  await recordOneByOne(client, ['four'])
  await until(() => [elsewhere, beyond].every((each) => each.names().length === 1))
  await until(() => resumed.names().length === 2 && all.names().length === 4)
  expect([...elsewhere.names(), ...beyond.names()]).toEqual(['four', 'four'])

  // After the restart the database is another one, so readers must learn that changes are missing.
  await services.gateway.running.stop()
  await services.ingest.running.stop()
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder.path, `first.db${suffix}`), { force: true })
  services = await start('second.db')
  stack.use(services.ingest)
  stack.use(services.gateway)
  await until(() => all.events.filter(({ type }) => type === 'subscribed').length === 2)
  await recordOneByOne(client, ['five'])
  await until(() => all.names().at(-1) === 'five')
  const [, second] = all.events.filter((event) => event.type === 'subscribed')
  expect(second).toMatchObject({ recovered: false, offset: 0 })
  expect(second!.epoch).not.toBe(epoch)
  expect(all.events.some(({ type }) => type === 'disconnected')).toBe(true)
})
