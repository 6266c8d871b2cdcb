import { join } from 'node:path'
import { freePort, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import {
  type Client,
  createClient,
  createSender,
  ReadError,
  SendError,
  StreamRefusedError,
} from '../../src/node/index.ts'
import { useServices } from './services.ts'

const { folder, urls } = useServices()

const quick = { backoff: { delayMs: 1, delayMsMax: 20 }, batchDelayMs: 5, sessionId: 's' }

async function keyOf(project: string): Promise<string> {
  const response = await fetch(`${urls.url}/v1/keys`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'test', project, scopes: ['ingest', 'read'] }),
  })
  return ((await response.json()) as { api_key: string }).api_key
}

function collectWarnings() {
  const warnings: string[] = []
  return { warnings, logger: { warn: (message: string) => void warnings.push(message) } }
}

async function namesOf(client: Client): Promise<string[]> {
  return (await client.skills()).items.map(({ skill_name }) => skill_name).sort()
}

async function firstOfStream(client: Client) {
  for await (const event of client.stream({ from: 'start' })) if (event.type === 'changes') return event
  return undefined
}

test('a client that names the project of its key records in it and reads from it', async () => {
  const project = 'Büro 7/8'
  await using client = createClient({ ...quick, ...urls, project, apiKey: await keyOf(project) })
  client.track('write').complete()
  expect(await client.flush()).toBe(true)
  expect(await namesOf(client)).toEqual(['write'])
  expect((await client.metrics()).totals).toMatchObject({ invocation_count: 1 })
  expect((await firstOfStream(client))?.items).toHaveLength(1)
  await using withoutKey = createClient({ ...quick, ...urls, project: 'default' })
  expect(await namesOf(withoutKey)).not.toContain('write')
})

test('with a key of another project calls are kept, the warning names both, and reads fail', async () => {
  const { warnings, logger } = collectWarnings()
  const apiKey = await keyOf('mine')
  const client = createClient({ ...quick, ...urls, logger, project: 'theirs', apiKey })
  client.track('secret').complete()
  await until(() => client.stats().retried > 2)
  expect(client.stats()).toMatchObject({ recorded: 1, queued: 1, sent: 0, dropped: 0, rejected: 0 })
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(
    /opens project "mine", the request is for project "theirs": send a key of that project;/,
  )
  await expect(client.skills()).rejects.toThrow(ReadError)
  await expect(client.skills()).rejects.toThrow(/"mine".*"theirs"/)
  await expect(client.metrics()).rejects.toThrow(/of project "mine", the request is for project "theirs"/)
  await expect(firstOfStream(client)).rejects.toThrow(StreamRefusedError)
  const sent = createSender({ ...urls, apiKey, project: 'theirs' }).send([
    { skill_name: 'x', session_id: 's' },
  ])
  await expect(sent).rejects.toThrow(SendError)
  await client.close({ timeoutMs: 1 })
  await using owner = createClient({ ...quick, ...urls, apiKey })
  expect(await namesOf(owner)).toEqual([])
})

test('without a key a client records in an open project that it names, and reads from it', async () => {
  await fetch(`${urls.url}/v1/projects/open`, { method: 'PUT' })
  await using client = createClient({ ...quick, ...urls, project: 'open' })
  client.track('outdoors').complete()
  expect(await client.flush()).toBe(true)
  expect(await namesOf(client)).toEqual(['outdoors'])
  expect((await client.metrics()).totals).toMatchObject({ invocation_count: 1 })
  expect((await firstOfStream(client))?.items).toHaveLength(1)
})

test('without a key no project that has a key is accessible', async () => {
  const { warnings, logger } = collectWarnings()
  await using client = createClient({ ...quick, ...urls, project: 'default' })
  client.track('at-home').complete()
  expect(await client.flush()).toBe(true)
  const other = createClient({ ...quick, ...urls, logger, project: 'mine' })
  other.track('stranger').complete()
  await until(() => other.stats().retried > 0)
  await other.close({ timeoutMs: 1 })
  expect(warnings[0]).toMatch(/without an API key .* project "default", the request is for project "mine"/)
  expect(await namesOf(client)).toEqual(['at-home'])
})

test('lines left on disk for one project are not sent with the key of another', async () => {
  const spool = { folder: join(folder.path, 'spool') }
  const dead = {
    ...quick,
    url: `http://127.0.0.1:${await freePort()}`,
    logger: { warn: () => undefined },
    spool,
  }
  const first = createClient({ ...dead, project: 'one' })
  first.track('left-by-one')
  await first.close({ timeoutMs: 1 })
  expect(first.stats().leftOnDisk).toBe(1)
  await using two = createClient({ ...quick, ...urls, spool, project: 'two', apiKey: await keyOf('two') })
  await using none = createClient({ ...quick, ...urls, spool })
  expect(await two.flush()).toBe(true)
  expect(await none.flush()).toBe(true)
  expect([two.stats().replayed, none.stats().replayed]).toEqual([0, 0])
  await using one = createClient({ ...quick, ...urls, spool, project: 'one', apiKey: await keyOf('one') })
  expect(await one.flush()).toBe(true)
  expect(one.stats().replayed).toBe(1)
  expect(await namesOf(one)).toEqual(['left-by-one'])
})
