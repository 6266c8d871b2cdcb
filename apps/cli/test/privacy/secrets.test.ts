import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { WITNESSES } from '@skillwatch/schema'
import { temporaryFolder, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { runCli } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, startService } from '../stack.ts'
import { follow, followLegacy } from './follow.ts'
import { Planted } from './planted.ts'
import { traces } from './traces.ts'
import { trackCalls } from './ways-in/client.ts'
import { sendFindings } from './ways-in/findings.ts'
import { sendHooks, spoolHooks } from './ways-in/hooks.ts'
import { runImporters } from './ways-in/importers.ts'
import { askForPlanted, plantedObservation, sendNative } from './ways-in/native.ts'
import { sendOpenTelemetry } from './ways-in/open-telemetry.ts'
import { runCommands } from './ways-in/run.ts'
import { sendSkillFiles } from './ways-in/skill-files.ts'
import { post, type Source } from './ways-in/source.ts'

async function read(port: number, path: string): Promise<string> {
  return await (await fetch(`http://127.0.0.1:${port}${path}`)).text()
}

/** What the services tell of what they hold. */
async function readEverything({ ports }: OwnEnvironment): Promise<string> {
  const gateway = ports['ws-gateway']
  const lists = ['invocations', 'skills', 'sessions', 'coverage', 'time-series']
  const texts = await Promise.all(lists.map((list) => read(gateway, `/v1/${list}?limit=1000`)))
  texts.push(await read(gateway, '/v1/findings?state=all'))
  for (const path of ['skill-files', 'hygiene', 'categories', 'taxonomy'])
    texts.push(await read(gateway, `/v1/${path}?${path === 'categories' ? '' : 'limit=1000'}`))
  const ids = texts[0]!.matchAll(/"invocation_id":("(?:[^"\\]|\\.)*")/g)
  for (const [, id] of ids)
    texts.push(await read(gateway, `/v1/invocations/${encodeURIComponent(JSON.parse(id!))}`))
  const metrics = [gateway, ports.ingest, ports.exporter].map((port) => read(port, '/metrics'))
  return [...texts, ...(await Promise.all(metrics))].join('\n')
}

/**
 * What an import remembers by id, beside the transcripts that say it too: calls that run, prompts, and who
 * started a sub-agent.
 */
const REMEMBERED =
  /^\.local\/state\/skillwatch\/import\/.*\.json holds transcript.*: (skill call|agent|promptId)$/

/** Which file holds what, in sentences. */
function held(source: Source): string[] {
  const { planted } = source
  const texts = [...planted.secrets, ...planted.words]
  const inFiles = [...traces(folderOf(source), texts), ...traces(join(source.folder, 'client-spool'), texts)]
  const sentences = inFiles.map((trace) => {
    const [file, text] = trace.split(/: (.*)/s) as [string, string]
    return `${file} holds ${planted.place(text)}`
  })
  return sentences.filter((sentence) => !REMEMBERED.test(sentence) && !SET_ASIDE.test(sentence))
}

/**
 * Lines of the spool that cannot be stored are set aside as they were written, with their texts but without
 * secrets.
 */
const SET_ASIDE = /^test\.db-spool\/spool\.(unreadable|rejected) holds spooled: .* \(words\)$/

const folderOf = ({ own }: Source) => dirname(own.env.SKILLWATCH_DATABASE_URL!.replace('sqlite:', ''))

/**
 * Records calls until the write-ahead log holds one, so that the log is among the files that are searched.
 * It goes with the services, and the rewrite that the deletions ask for empties it at a moment of its own.
 */
async function writeToLog(source: Source): Promise<void> {
  let count = 0
  await until(async () => {
    count += 1
    const invocation_id = `in-the-log-${count}`
    await post(source, '/v1/invocations', { invocation_id, session_id: 's', skill_name: 'last' })
    return traces(folderOf(source), [invocation_id]).some((trace) => trace.startsWith('test.db-wal'))
  })
}

/** Sends through every way in, and returns what there was to see of it, by where it was seen. */
async function sendThroughAll(source: Source): Promise<{ held: string[]; printed: Record<string, string> }> {
  const { own, planted } = source
  await using ingest = await startService('ingest', own)
  await using gateway = await startService('ws-gateway', own)
  await using exporter = await startService('exporter', own)
  using follower = follow(own.ports['ws-gateway'])
  using legacy = followLegacy(own.ports['ws-gateway'])
  await sendNative(source)
  await sendHooks(source)
  await sendOpenTelemetry(source)
  await sendFindings(source)
  await sendSkillFiles(source)
  const said = [
    await trackCalls(source),
    spoolHooks(source),
    await runImporters(source),
    await runCommands(source),
  ]
  const spool = join(folderOf(source), 'test.db-spool')
  const odd = { ...plantedObservation(planted, 'spooled'), [planted.token('spooled: unknown field')]: 1 }
  appendFileSync(
    join(spool, 'shared.ndjson'),
    `\n${JSON.stringify(odd)}\n${planted.text('spooled: no JSON')}\n`,
  )
  await askForPlanted(source)
  await post(source, '/v1/invocations', { invocation_id: 'the-last', session_id: 's', skill_name: 'last' })
  await until(() => follower.text().includes('the-last') && traces(spool, planted.secrets).length === 0, {
    timeoutMs: 120_000,
  })
  await until(() => legacy.text().includes('metrics_update'))
  const seen = await readEverything(own)
  // Each way in has reported something, or the proof would be empty.
  const witnesses = seen.matchAll(/"witnesses":\["(\w+)"/g)
  expect(new Set([...witnesses].map(([, witness]) => witness))).toEqual(new Set(WITNESSES))
  expect(await runCli(['recount'], own.env)).toMatchObject({ code: 0 })
  const logs = { ingest: ingest.output(), 'ws-gateway': gateway.output(), exporter: exporter.output() }
  // As much as is kept of them.
  for (const log of Object.values(logs)) expect(log.length).toBeLessThan(1_000_000)
  const printed = {
    stream: follower.text(),
    "session-buddy's stream": legacy.text(),
    reads: seen,
    commands: said.join(''),
    ...Object.fromEntries(Object.entries(logs).map(([name, log]) => [`log of ${name}`, log])),
  }
  await writeToLog(source)
  return { held: held(source), printed }
}

/**
 * Everything that was found somewhere, in sentences.
 * @param isAllowed of what may be stored, by its place
 */
async function leaks(
  source: Source,
  isAllowed: (place: string) => boolean = () => false,
): Promise<string[]> {
  const { held: whileRunning, printed } = await sendThroughAll(source)
  const inOutputs = Object.entries(printed).flatMap(([where, text]) =>
    source.planted.foundIn(text).map((place) => `${where} has ${place}`),
  )
  const found = new Set([...whileRunning, ...held(source), ...inOutputs])
  return [...found].filter((sentence) => !isAllowed(sentence))
}

test('by default no text and no secret of any way in is in a file, a log, the stream or an answer', {
  timeout: 300_000,
}, async () => {
  using own = await ownEnvironment({ SKILLWATCH_LOG_LEVEL: 'trace', INGEST_OTLP_PORT: '0' })
  using outside = temporaryFolder()
  const source = { own, planted: new Planted(), folder: outside.path }
  expect(await leaks(source)).toEqual([])
  expect(source.planted.secrets.length).toBeGreaterThan(1_500)
})

test('where texts are stored, they are without their secrets', { timeout: 300_000 }, async () => {
  using own = await ownEnvironment({ SKILLWATCH_LOG_LEVEL: 'trace', INGEST_OTLP_PORT: '0' })
  using outside = temporaryFolder()
  const source = { own, planted: new Planted(), folder: outside.path }
  {
    await using _ingest = await startService('ingest', own)
    await runCli(['project', 'set', '--store-text', 'user_query,arguments,result'], own.env)
  }
  expect(await leaks(source, (sentence) => sentence.endsWith(' (words)'))).toEqual([])
  const path = own.env.SKILLWATCH_DATABASE_URL!.replace('sqlite:', '')
  const stored = traces(dirname(path), source.planted.words).map((trace) =>
    source.planted.place(trace.split(': ')[1]!),
  )
  for (const field of ['user_query', 'arguments', 'result'])
    expect(stored).toContain(`native: ${field} (words)`)
  expect(stored).toContain('hook PreToolUse: command (words)')
})

test('while the database refuses writes the journal holds nothing of a hook in clear', async () => {
  using own = await ownEnvironment({ INGEST_OTLP_PORT: '0' })
  using outside = temporaryFolder()
  const source = { own, planted: new Planted(), folder: outside.path }
  await using ingest = await startService('ingest', own)
  const other = new DatabaseSync(own.env.SKILLWATCH_DATABASE_URL!.replace('sqlite:', ''))
  other.exec('begin immediate')
  try {
    await sendHooks(source)
    const journal = readFileSync(join(folderOf(source), 'test.db-spool', 'hooks.journal'), 'utf8')
    expect(journal.split('\n').filter((line) => line !== '').length).toBeGreaterThan(8)
    expect(source.planted.foundIn(journal)).toEqual([])
    expect(source.planted.foundIn(ingest.output())).toEqual([])
  } finally {
    other.close()
  }
}, 60_000)

test('the planted texts are found where they are: the proof can fail', async () => {
  using folder = temporaryFolder()
  const planted = new Planted()
  const observation = JSON.stringify(plantedObservation(planted, 'test'))
  writeFileSync(join(folder.path, 'leak'), observation)
  expect(traces(folder.path, planted.secrets)).toHaveLength(planted.secrets.length)
  expect(planted.foundIn(observation)).toContain('test: skill_name')
})
