import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openReader } from '@skillwatch/db'
import { anObservation, startProcess, temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'

const bin = fileURLToPath(new URL('../bin.mjs', import.meta.url))

function start(databasePath: string, env: Record<string, string> = {}, ready = /listening at (http:[^"]+)/) {
  return startProcess({
    args: [bin],
    env: { SKILLWATCH_DATABASE_URL: `sqlite:${databasePath}`, INGEST_PORT: '0', ...env },
    ready,
  })
}

async function send(url: string, observations: unknown[]): Promise<number> {
  const body = JSON.stringify(observations)
  const reply = await fetch(`${url}/v1/invocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  await reply.arrayBuffer()
  return reply.status
}

function storedIds(databasePath: string): string[] {
  using reader = openReader(`sqlite:${databasePath}`)
  return reader.sqlite.prepare('select invocation_id from skill_invocation').pluck().all() as string[]
}

/**
 * Eight clients send observations until one is not answered with 200. @returns the ids of the answered ones
 */
async function sendUntilCut(url: string, onAnswer: (count: number) => void): Promise<string[]> {
  const answered: string[] = []
  const clients = Array.from({ length: 8 }, async (_, client) => {
    for (let number = 0; ; number += 1) {
      const invocation_id = `${client}-${number}`
      if ((await send(url, [anObservation({ invocation_id })]).catch(() => 0)) !== 200) return
      answered.push(invocation_id)
      onAnswer(answered.length)
    }
  })
  await Promise.all(clients)
  return answered.sort()
}

test('on SIGTERM under load everything stored was answered, and the process ends with code 0', async () => {
  using folder = temporaryFolder()
  const path = `${folder.path}/deep/er/skillwatch.db`
  await using ingest = await start(path)
  const answered = await sendUntilCut(ingest.url!, (count) => {
    if (count === 100) ingest.kill('SIGTERM')
  })
  expect(await ingest.exited).toEqual({ code: 0, signal: null })
  expect(storedIds(path).sort()).toEqual(answered)
})

test('after kill -9 under load everything that was answered is stored once', async () => {
  using folder = temporaryFolder()
  const path = `${folder.path}/skillwatch.db`
  await using ingest = await start(path)
  const answered = await sendUntilCut(ingest.url!, (count) => {
    if (count === 100) ingest.kill('SIGKILL')
  })
  await using again = await start(path)
  const stored = storedIds(path)
  expect(new Set(stored).size).toBe(stored.length)
  expect(answered.filter((id) => !stored.includes(id))).toEqual([])
  // Uses that were derived meanwhile have offsets too.
  const { offset } = (await (await fetch(`${again.url}/v1/stream`)).json()) as { offset: number }
  expect(offset).toBeGreaterThanOrEqual(stored.length)
})

test('a client that sends a body that is too large receives problem details', async () => {
  using folder = temporaryFolder()
  await using ingest = await start(`${folder.path}/skillwatch.db`)
  const headers = { 'content-type': 'application/json' }
  const reply = await fetch(`${ingest.url}/v1/invocations`, {
    method: 'POST',
    headers,
    body: Buffer.alloc(9_000_000, ' '),
  })
  expect(await reply.json()).toMatchObject({ status: 413, type: '/problems/content-too-large' })
  expect(await send(ingest.url!, [anObservation()])).toBe(200)
})

test('a second ingest on the same database is refused in one line', async () => {
  using folder = temporaryFolder()
  const path = `${folder.path}/skillwatch.db`
  await using _first = await start(path)
  await using second = await start(path, {}, /\n/)
  expect((await second.exited).code).toBe(1)
  expect(second.output()).toMatch(/^ingest: another process writes [^\n]+\n$/)
})

test('a file of another program is refused in one line and not changed', async () => {
  using folder = temporaryFolder()
  mkdirSync(`${folder.path}/data`)
  const path = `${folder.path}/data/notes.txt`
  const notes = 'these are my notes, not a database\n'.repeat(100)
  writeFileSync(path, notes)
  await using ingest = await start(path, {}, /\n/)
  expect((await ingest.exited).code).toBe(1)
  expect(ingest.output()).toMatch(/^ingest: [^\n]*is not a SQLite database[^\n]*\n$/)
  expect(readFileSync(path, 'utf8')).toBe(notes)
})

test('every invalid variable is reported before anything is opened', async () => {
  using folder = temporaryFolder()
  const env = { INGEST_PORT: '99999', INGEST_BODY_LIMIT: '1', SKILLWATCH_ANONYMOUS_ACCESS: 'maybe' }
  await using ingest = await start(`${folder.path}/skillwatch.db`, env, /\n/)
  expect((await ingest.exited).code).toBe(1)
  for (const name of [...Object.keys(env), 'INGEST_BODY_LIMIT_BYTES?'])
    expect(ingest.output()).toContain(name)
})

test('on another address ingest starts only with keys or with anonymous access switched on', async () => {
  using folder = temporaryFolder()
  const path = `${folder.path}/skillwatch.db`
  await using refused = await start(path, { INGEST_HOST: '0.0.0.0' }, /without API keys/)
  expect((await refused.exited).code).toBe(1)
  await using open = await start(path, { INGEST_HOST: '0.0.0.0', SKILLWATCH_ANONYMOUS_ACCESS: 'allow' })
  expect(open.url).toMatch(/^http:/)
})
