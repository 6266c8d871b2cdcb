import { readFileSync, writeFileSync } from 'node:fs'
import { privateObservation, QueueFullError, setStoreText, type TextField } from '@skillwatch/db'
import { type ParsedObservation, parseObservation } from '@skillwatch/schema'
import { anObservation, temporaryFolder, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { openJournal } from '../../src/hooks/journal.ts'
import { NOW_MS, testApp } from '../support.ts'

type App = Awaited<ReturnType<typeof testApp>>

function parsed(invocation_id: string): ParsedObservation {
  const result = parseObservation(anObservation({ invocation_id }), NOW_MS, () => 'made')
  if ('reason' in result) throw new Error(result.reason)
  return result.observation
}

function entry(invocation_id: string): string {
  return JSON.stringify({ project_id: 1, observation: parsed(invocation_id) })
}

function options({ recorder, writer }: Pick<App, 'recorder' | 'writer'>, path: string) {
  const seen = { notKept: 0, refused: [] as unknown[] }
  const onNotKept = () => {
    seen.notKept += 1
  }
  const onRefused = (error: unknown) => void seen.refused.push(error)
  const toPrivate = (projectId: number, observation: ParsedObservation) =>
    privateObservation(writer, projectId, observation)
  return { seen, options: { path, recorder, toPrivate, onNotKept, onRefused, retryMs: 20 } }
}

const ids = async (app: App) => (await app.rows()).map(({ invocation_id }) => invocation_id)

test('what an earlier process has left is stored, without the line that was cut, and the file is emptied', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  const path = `${folder.path}/hooks.journal`
  writeFileSync(path, `\n${entry('left-1')}\n\n${entry('left-2')}\n\n${entry('cut').slice(0, -20)}`)
  await using _journal = openJournal(options(app, path).options)
  await until(() => readFileSync(path, 'utf8') === '')
  expect(await ids(app)).toEqual(['left-1', 'left-2'])
})

test('a thousand lines find their way through a queue that takes few at a time', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  const path = `${folder.path}/hooks.journal`
  writeFileSync(path, Array.from({ length: 1_200 }, (_, index) => `\n${entry(`left-${index}`)}\n`).join(''))
  await using _journal = openJournal(options(app, path).options)
  await until(() => readFileSync(path, 'utf8') === '')
  expect(await ids(app)).toHaveLength(1_200)
})

test('a full journal is told, and its observation stored all the same', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  const { options: full, seen } = options(app, `${folder.path}/hooks.journal`)
  await using journal = openJournal({ ...full, bytesMax: 10 })
  journal.take(1, parsed('full'))
  await until(async () => (await ids(app)).includes('full'))
  expect(seen).toEqual({ notKept: 1, refused: [] })
})

test('a full queue is tried again until it has room', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  let refusals = 3
  const recorder: Pick<App['recorder'], 'record'> = {
    record: (...args) =>
      refusals-- > 0 ? Promise.reject(new QueueFullError(1, 1)) : app.recorder.record(...args),
  }
  const path = `${folder.path}/hooks.journal`
  const { options: flaky, seen } = options(app, path)
  await using journal = openJournal({ ...flaky, recorder })
  journal.take(1, parsed('late'))
  await until(() => readFileSync(path, 'utf8') === '')
  expect([await ids(app), seen.refused.length]).toEqual([['late'], 3])
})

test('an observation that can never be stored is told once and does not hold up the others', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  const path = `${folder.path}/hooks.journal`
  const { options: own, seen } = options(app, path)
  await using journal = openJournal(own)
  journal.take(4711, parsed('no-such-project'))
  journal.take(1, parsed('good'))
  await until(() => readFileSync(path, 'utf8') === '')
  expect([await ids(app), seen.refused.length]).toEqual([['good'], 1])
})

test('closing waits for what is under way, and leaves nothing in the file', async () => {
  await using app = await testApp({ groupDelayMs: 50 })
  using folder = temporaryFolder()
  const path = `${folder.path}/hooks.journal`
  {
    await using journal = openJournal(options(app, path).options)
    journal.take(1, parsed('last'))
    expect(readFileSync(path, 'utf8')).toContain('last')
  }
  expect([await ids(app), readFileSync(path, 'utf8')]).toEqual([['last'], ''])
})

const TEXTS = {
  user_query: 'what a person asked',
  arguments: '{"secret": "s3cr3t-v4lue"}',
  result: 'what came back',
}
const SECRET = `ghp_${'a1'.repeat(18)}`

test.each<[string, TextField[]]>([
  ['no text', []],
  ['arguments', ['arguments']],
])('an event from the journal makes the row it would have made, where %s is stored', async (_, fields) => {
  await using app = await testApp()
  using folder = temporaryFolder()
  setStoreText(app.writer, 'default', fields)
  const path = `${folder.path}/hooks.journal`
  const seen = (invocation_id: string): ParsedObservation => {
    const observation = { ...parsed(invocation_id), ...TEXTS, user_id: 'ann' }
    return {
      ...observation,
      fields: { ...observation.fields, session_id: SECRET, attributes: { note: SECRET } },
    }
  }
  await app.recorder.record(1, [seen('direct')])
  let refusals = 1
  const recorder: Pick<App['recorder'], 'record'> = {
    record: (...args) =>
      refusals-- > 0 ? Promise.reject(new QueueFullError(1, 1)) : app.recorder.record(...args),
  }
  await using journal = openJournal({ ...options(app, path).options, recorder })
  journal.take(1, seen('replayed'))
  const written = readFileSync(path, 'utf8')
  for (const text of [...Object.values(TEXTS), 'ann', SECRET, 's3cr3t-v4lue'])
    expect(written).not.toContain(text)
  await until(() => readFileSync(path, 'utf8') === '')

  const [direct, replayed] = await app.rows()
  expect(replayed).toEqual({ ...direct, invocation_id: 'replayed' })
  expect(replayed).toMatchObject({ result_hash: expect.any(String), user_hash: expect.any(String) })
  const stated = app.writer.sqlite
    .prepare('select fields from invocation_witness order by row_id')
    .pluck()
    .all()
  expect(stated[1]).toBe(stated[0])
  expect(String(stated[1]).includes('"arguments":')).toBe(fields.includes('arguments'))
})

test('a text that waits in the journal is not stored once the project has ceased to store it', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  setStoreText(app.writer, 'default', ['arguments'])
  const observation = privateObservation(app.writer, 1, { ...parsed('left'), ...TEXTS })
  expect(observation.fields.arguments).toBeDefined()
  const path = `${folder.path}/hooks.journal`
  writeFileSync(path, JSON.stringify({ project_id: 1, observation }))
  setStoreText(app.writer, 'default', [])
  await using _journal = openJournal(options(app, path).options)
  await until(() => readFileSync(path, 'utf8') === '')
  const [fields] = app.writer.sqlite.prepare('select fields from invocation_witness').pluck().all()
  expect(JSON.parse(String(fields))).not.toHaveProperty('arguments')
})
