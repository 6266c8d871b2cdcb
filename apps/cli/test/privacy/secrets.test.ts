import { dirname, join } from 'node:path'
import { WITNESSES } from '@skillwatch/schema'
import { temporaryFolder, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { runCli } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, startService } from '../stack.ts'
import { follow } from './follow.ts'
import { Planted } from './planted.ts'
import { traces } from './traces.ts'
import {
  plantedObservation,
  post,
  runImporters,
  type Source,
  sendHooks,
  sendNative,
  sendOpenTelemetry,
  spoolHooks,
} from './ways-in.ts'

async function read(port: number, path: string): Promise<string> {
  return await (await fetch(`http://127.0.0.1:${port}${path}`)).text()
}

/** What the services tell of what they hold. */
async function readEverything({ ports }: OwnEnvironment): Promise<string> {
  const paths = ['/v1/invocations?limit=1000', '/v1/skills?limit=1000', '/v1/sessions?limit=1000', '/metrics']
  const texts = paths.map((path) => read(ports['ws-gateway'], path))
  return (await Promise.all([...texts, read(ports.ingest, '/metrics'), read(ports.exporter, '/metrics')])).join('\n')
}

/** Sends the same through every way in, and returns what there was to see of it, by where it was seen. */
async function sendThroughAll(source: Source): Promise<Record<string, string>> {
  const { own, planted } = source
  await using ingest = await startService('ingest', own)
  await using gateway = await startService('ws-gateway', own)
  await using exporter = await startService('exporter', own)
  using follower = follow(own.ports['ws-gateway'])
  await sendNative(source)
  await sendHooks(source)
  await sendOpenTelemetry(source)
  const said = [spoolHooks(source), await runImporters(source)]
  await post(source, '/v1/invocations', { invocation_id: 'the-last', session_id: 's', skill_name: 'last' })
  const spool = join(dirname(own.env.SKILLWATCH_DATABASE_URL!.replace('sqlite:', '')), 'spool')
  await until(() => follower.text().includes('the-last') && traces(spool, planted.secrets).length === 0)
  const seen = await readEverything(own)
  // Each way in has told of something, or the proof would be empty.
  const witnesses = seen.matchAll(/"witnesses":\["(\w+)"/g)
  expect(new Set([...witnesses].map(([, witness]) => witness))).toEqual(new Set(WITNESSES))
  expect(await runCli(['recount'], own.env)).toMatchObject({ code: 0 })
  return {
    stream: follower.text(),
    reads: seen,
    commands: said.join(''),
    'log of ingest': ingest.output(),
    'log of ws-gateway': gateway.output(),
    'log of exporter': exporter.output(),
  }
}

async function leaks(source: Source, looked: (planted: Planted) => readonly string[]): Promise<string[]> {
  const folder = dirname(source.own.env.SKILLWATCH_DATABASE_URL!.replace('sqlite:', ''))
  const seen = await sendThroughAll(source)
  const texts = looked(source.planted)
  const inFiles = traces(folder, texts).map((trace) => {
    const [file, text] = trace.split(': ') as [string, string]
    return `${file} holds ${source.planted.place(text)}`
  })
  const told = Object.entries(seen).flatMap(([where, text]) =>
    source.planted.foundIn(text, texts).map((place) => `${where} tells ${place}`),
  )
  return [...new Set([...inFiles, ...told])]
}

test('by default no text and no secret of any way in is in a file, a log, the stream or an answer', async () => {
  using own = await ownEnvironment({ SKILLWATCH_LOG_LEVEL: 'trace', INGEST_OTLP_PORT: '0' })
  using outside = temporaryFolder()
  const source = { own, planted: new Planted(), folder: outside.path }
  expect(await leaks(source, ({ secrets, words }) => [...secrets, ...words])).toEqual([])
  expect(source.planted.secrets.length).toBeGreaterThan(300)
}, 120_000)

test('where texts are stored, they are without their secrets', async () => {
  using own = await ownEnvironment({ SKILLWATCH_LOG_LEVEL: 'trace', INGEST_OTLP_PORT: '0' })
  using outside = temporaryFolder()
  const source = { own, planted: new Planted(), folder: outside.path }
  {
    await using _ingest = await startService('ingest', own)
    await runCli(['project', 'set', '--store-text', 'user_query,arguments,result'], own.env)
  }
  expect(await leaks(source, ({ secrets }) => secrets)).toEqual([])
  const path = own.env.SKILLWATCH_DATABASE_URL!.replace('sqlite:', '')
  const stored = traces(dirname(path), source.planted.words).map((trace) => source.planted.place(trace.split(': ')[1]!))
  for (const field of ['user_query', 'arguments', 'result']) expect(stored).toContain(`native: ${field} (words)`)
  expect(stored).toContain('hook PreToolUse: command (words)')
}, 120_000)

test('the planted texts are found where they are: the proof can fail', async () => {
  using folder = temporaryFolder()
  const planted = new Planted()
  const observation = JSON.stringify(plantedObservation(planted, 'test'))
  const { writeFileSync } = await import('node:fs')
  writeFileSync(join(folder.path, 'leak'), observation)
  expect(traces(folder.path, planted.secrets).length).toBe(planted.secrets.length)
  expect(planted.foundIn(observation)).toContain('test: skill_name')
})
