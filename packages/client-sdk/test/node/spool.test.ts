import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  fixedClock,
  freePort,
  machineNowMs,
  NOW_MS,
  startProgram,
  temporaryFolder,
  until,
} from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { createClient } from '../../src/node/index.ts'
import { startIngestDouble } from '../ingest-double.ts'

const quick = {
  backoff: { delayMs: 1, delayMsMax: 20 },
  batchDelayMs: 5,
  sessionId: 's',
  logger: { warn: () => undefined },
}
const program = fileURLToPath(new URL('./tracking-program.ts', import.meta.url))

test('calls spooled before kill -9 are sent by the next start', async () => {
  using folder = temporaryFolder()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const tracked: string[] = []
  for (const prefix of ['first', 'second']) {
    const { child, result } = startProgram({ args: [program, url, folder.path, prefix] })
    let output = ''
    child.stdout?.on('data', (chunk: string) => {
      output += chunk
    })
    await until(() => output.split('\n').length > 300)
    child.kill('SIGKILL')
    const { stdout, signal } = await result
    expect(signal).toBe('SIGKILL')
    tracked.push(...stdout.split('\n').slice(0, -1))
  }
  await using ingest = await startIngestDouble(undefined, port)
  await using client = createClient({ ...quick, url, spool: { folder: folder.path } })
  expect(await client.flush()).toBe(true)
  expect(tracked.length).toBeGreaterThan(600)
  for (const id of tracked) expect(ingest.stored.has(id), id).toBe(true)
  expect(client.stats().replayed).toBeGreaterThanOrEqual(tracked.length)
  expect(readdirSync(join(folder.path, 'observations'))).toEqual([])
})

test('sent lines are deleted from the disk, and closing leaves an empty folder', async () => {
  using folder = temporaryFolder()
  await using ingest = await startIngestDouble()
  const client = createClient({
    ...quick,
    url: ingest.url,
    spool: { folder: folder.path, bytesMax: 3_000_000 },
  })
  const large = 'x'.repeat(4_000)
  for (let round = 0; round < 5; round += 1) {
    // Each round is larger than a segment; all rounds together are larger than the bound of the folder.
    for (let index = 0; index < 300; index += 1) client.track('x', { user_query: large }).complete()
    expect(await client.flush()).toBe(true)
  }
  expect(client.stats()).toMatchObject({ recorded: 1_500, sent: 1_500, unspooled: 0, leftOnDisk: 0 })
  await client.close()
  expect(readdirSync(join(folder.path, 'observations'))).toEqual([])
})

test('calls of a client closed with a dead server are sent by the next client', async () => {
  using folder = temporaryFolder()
  const port = await freePort()
  const options = { ...quick, url: `http://127.0.0.1:${port}`, spool: { folder: folder.path } }
  const first = createClient({ ...options, queueItemsMax: 50 })
  const ids = Array.from({ length: 200 }, () => first.track('x').invocationId)
  await first.close({ timeoutMs: 1 })
  expect(first.stats()).toMatchObject({ recorded: 200, leftOnDisk: 200, dropped: 0, queued: 0 })
  await using ingest = await startIngestDouble(undefined, port)
  await using second = createClient(options)
  expect(await second.flush()).toBe(true)
  expect([...ingest.stored.keys()].sort()).toEqual([...ids].sort())
  expect(second.stats().replayed).toBe(200)
})

test('a segment of the spool has the time of the client in its name and as its time of change', async () => {
  using folder = temporaryFolder()
  const url = `http://127.0.0.1:${await freePort()}`
  const client = createClient({ ...quick, url, now: fixedClock, spool: { folder: folder.path } })
  client.track('x').complete()
  await client.close({ timeoutMs: 1 })
  const observations = join(folder.path, 'observations')
  const segments = readdirSync(observations)
  expect(segments).toEqual([expect.stringMatching(new RegExp(`^0*${NOW_MS}-`))])
  expect(statSync(join(observations, segments[0]!)).mtimeMs).toBe(NOW_MS)
})

test('calls that did not fit into memory are read from disk when the server is back', async () => {
  using folder = temporaryFolder()
  const port = await freePort()
  const options = {
    ...quick,
    url: `http://127.0.0.1:${port}`,
    spool: { folder: folder.path },
    queueItemsMax: 50,
  }
  await using client = createClient(options)
  for (let index = 0; index < 200; index += 1) client.track('x').complete()
  await until(() => client.stats().retried > 1)
  await using ingest = await startIngestDouble(undefined, port)
  expect(await client.flush()).toBe(true)
  expect(ingest.stored.size).toBe(200)
  expect(client.stats()).toMatchObject({ queued: 0, dropped: 0 })
})

test('a full spool is warned of once and counted, and calls in memory are still sent', async () => {
  using folder = temporaryFolder()
  const port = await freePort()
  const warnings: string[] = []
  const logger = { warn: (message: string) => void warnings.push(message) }
  await using client = createClient({
    ...quick,
    logger,
    url: `http://127.0.0.1:${port}`,
    spool: { folder: folder.path, bytesMax: 100_000 },
  })
  for (let index = 0; index < 100; index += 1) {
    client.track('x', { user_query: 'x'.repeat(4_000) })
    await Promise.resolve()
  }
  expect(client.stats().unspooled).toBeGreaterThan(70)
  await using ingest = await startIngestDouble(undefined, port)
  expect(await client.flush()).toBe(true)
  expect(ingest.stored.size).toBe(100)
  expect(warnings.filter((message) => message.includes('spool is full'))).toHaveLength(1)
})

test('a folder that cannot be written causes a warning, and the client works without it', async () => {
  await using ingest = await startIngestDouble()
  const warnings: string[] = []
  const logger = { warn: (message: string) => void warnings.push(message) }
  await using client = createClient({
    ...quick,
    url: ingest.url,
    logger,
    spool: { folder: '/dev/null/spool' },
  })
  client.track('x').complete()
  expect(await client.flush()).toBe(true)
  expect(ingest.stored.size).toBe(1)
  expect(warnings.some((message) => message.includes('spool'))).toBe(true)
})

test('a folder that is moved or deleted while it is written makes nothing throw', async () => {
  using parent = temporaryFolder()
  const folder = join(parent.path, 'spool')
  const port = await freePort()
  const options = { ...quick, url: `http://127.0.0.1:${port}`, spool: { folder } }
  const client = createClient(options)
  client.track('before')
  await Promise.resolve()
  renameSync(folder, join(parent.path, 'moved'))
  mkdirSync(folder)
  client.track('after')
  await Promise.resolve()
  rmSync(folder, { recursive: true })
  await client.close({ timeoutMs: 1 })
  expect(client.stats()).toMatchObject({ recorded: 2, queued: 0 })
})

test('calls tracked just before process.exit() are on disk for the next start', async () => {
  using folder = temporaryFolder()
  const module = new URL('../../src/node/index.ts', import.meta.url).href
  const script = `
    const { createClient } = await import(${JSON.stringify(module)})
    const spool = { folder: process.argv[1] }
    const client = createClient({ url: 'http://127.0.0.1:${await freePort()}', sessionId: 's', spool })
    client.track('last', { invocation_id: 'last' }).complete()
    process.exit(0)`
  await startProgram({ args: ['--input-type=module', '-e', script, folder.path] }).result
  await using ingest = await startIngestDouble()
  await using client = createClient({ ...quick, url: ingest.url, spool: { folder: folder.path } })
  await client.flush()
  expect([...ingest.stored.keys()]).toEqual(['last'])
})

test('a segment whose owner dies later is replayed without a new start', async () => {
  using folder = temporaryFolder()
  const observations = join(folder.path, 'observations')
  mkdirSync(observations)
  // Like a container that was killed and restarted: the same process id, another host name.
  const path = join(observations, `00000000000001-00000000000a.ndjson.${process.pid}@container-1`)
  writeFileSync(path, `${JSON.stringify({ invocation_id: 'late', skill_name: 'x', session_id: 's' })}\n`)
  const almostStale = new Date(machineNowMs() - 44_500)
  utimesSync(path, almostStale, almostStale)
  await using ingest = await startIngestDouble()
  await using client = createClient({ ...quick, url: ingest.url, spool: { folder: folder.path } })
  client.track('now').complete()
  await until(() => client.stats().replayed === 1)
  expect([...ingest.stored.keys()]).toContain('late')
  await until(() => !existsSync(path) && readdirSync(observations).every((name) => !name.startsWith('0000')))
})

test('many clients in one process spool their last calls and share one exit listener', async () => {
  using folder = temporaryFolder()
  const module = new URL('../../src/node/index.ts', import.meta.url).href
  const script = `
    const { createClient } = await import(${JSON.stringify(module)})
    for (let index = 0; index < 30; index += 1) {
      const options = { spool: { folder: process.argv[1] }, logger: { warn: () => undefined } }
      const url = 'http://127.0.0.1:${await freePort()}'
      const client = createClient({ url, sessionId: 's', ...options })
      if (index % 3 === 0) await client.close()
      else client.track('last').complete()
    }
    console.log(process.listenerCount('exit'))
    process.exit(0)`
  const { stdout, stderr } = await startProgram({ args: ['--input-type=module', '-e', script, folder.path] })
    .result
  expect([stdout, stderr]).toEqual(['1\n', ''])
  await using ingest = await startIngestDouble()
  await using client = createClient({ ...quick, url: ingest.url, spool: { folder: folder.path } })
  await client.flush()
  expect(ingest.stored.size).toBe(20)
})

test('half-written lines and garbage in the spool do not affect other lines', async () => {
  using folder = temporaryFolder()
  const observations = join(folder.path, 'observations')
  mkdirSync(observations)
  const line = JSON.stringify({ invocation_id: 'whole', skill_name: 'x', session_id: 's' })
  writeFileSync(
    join(observations, '00000000000001-00000000000a.ndjson'),
    `\n\u0000garbage\n${line}\n${line.slice(0, 20)}`,
  )
  await using ingest = await startIngestDouble()
  await using client = createClient({ ...quick, url: ingest.url, spool: { folder: folder.path } })
  expect(await client.flush()).toBe(true)
  expect([...ingest.stored.keys()]).toEqual(['whole'])
})

test.each(['dead', 'silent', 'silent after its first answer'])(
  'a program that does not flush ends at once when the server is %s',
  async (server) => {
    const port = await freePort()
    const answers = server === 'silent' ? 0 : 1
    const serve = (_: unknown, __: unknown, index: number) =>
      index < answers ? undefined : new Promise(() => undefined)
    await using ingest = server === 'dead' ? undefined : await startIngestDouble(serve, port)
    const module = new URL('../../src/node/index.ts', import.meta.url).href
    const script = `
    const { createClient } = await import(${JSON.stringify(module)})
    const url = 'http://127.0.0.1:${port}'
    const client = createClient({ url, sessionId: 's', batchDelayMs: 1, timeoutMs: 60_000 })
    client.track('x').complete()
    if ('${server}'.endsWith('answer')) await client.flush({ timeoutMs: 60_000 })
    client.track('y').complete()
    await new Promise((resolve) => setTimeout(resolve, 200))`
    const { code } = await startProgram({ args: ['--input-type=module', '-e', script] }).result
    expect(code).toBe(0)
    expect(ingest?.received.length ?? 0).toBe(server === 'dead' ? 0 : answers + 1)
  },
  20_000,
)
