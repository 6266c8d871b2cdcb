import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { LinesSetAside } from '@skillwatch/client/spool/replay'
import {
  changeProject,
  getInvocationDetail,
  privateObservation,
  QueueFullError,
  type Recorder,
  WriterEndedError,
} from '@skillwatch/db'
import { type ParsedObservation, parseObservation, type TextField } from '@skillwatch/schema'
import { anObservation, temporaryFolder, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { Journal } from '../../src/hooks/journal.ts'
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
  const calls = { notKept: 0, refused: [] as unknown[], setAside: [] as LinesSetAside[] }
  const onNotKept = () => {
    calls.notKept += 1
  }
  const onRefused = (error: unknown) => void calls.refused.push(error)
  const onSetAside = (aside: LinesSetAside) => void calls.setAside.push(aside)
  const toPrivate = (projectId: number, observation: ParsedObservation) =>
    privateObservation(writer, projectId, observation)
  return { calls, options: { path, recorder, toPrivate, onNotKept, onRefused, onSetAside, retryMs: 20 } }
}

/** The recorder behind a queue that is full the first times. */
function refusing({ recorder }: App, times: number): Pick<Recorder, 'record' | 'recordAgentCalls'> {
  let refusals = times
  return {
    record: (...request) =>
      refusals-- > 0 ? Promise.reject(new QueueFullError(1, 1)) : recorder.record(...request),
    recordAgentCalls: (...request) => recorder.recordAgentCalls(...request),
  }
}

const ids = async (app: App) => (await app.rows()).map(({ invocation_id }) => invocation_id)

test('whole lines that an earlier process left are stored, and the file is cleared', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  const path = `${folder.path}/hooks.journal`
  writeFileSync(path, `\n${entry('left-1')}\n\n${entry('left-2')}\n\n${entry('cut').slice(0, -20)}`)
  await using _journal = new Journal(options(app, path).options)
  await until(() => readFileSync(path, 'utf8') === '')
  expect(await ids(app)).toEqual(['left-1', 'left-2'])
})

test('a thousand entries are stored group by group', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  const path = `${folder.path}/hooks.journal`
  writeFileSync(path, Array.from({ length: 1_200 }, (_, index) => `\n${entry(`left-${index}`)}\n`).join(''))
  await using _journal = new Journal(options(app, path).options)
  await until(() => readFileSync(path, 'utf8') === '')
  expect(await ids(app)).toHaveLength(1_200)
})

test('an observation that does not fit into the journal is reported and stored all the same', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  const { options: full, calls } = options(app, `${folder.path}/hooks.journal`)
  await using journal = new Journal({ ...full, bytesMax: 10 })
  journal.take(1, parsed('full'))
  await until(async () => (await ids(app)).includes('full'))
  expect(calls).toEqual({ notKept: 1, refused: [], setAside: [] })
})

test('an observation refused by a full queue is tried again until it is stored', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  const recorder = refusing(app, 3)
  const path = `${folder.path}/hooks.journal`
  const { options: flaky, calls } = options(app, path)
  await using journal = new Journal({ ...flaky, recorder })
  journal.take(1, parsed('late'))
  await until(() => readFileSync(path, 'utf8') === '')
  expect([await ids(app), calls.refused.length]).toEqual([['late'], 3])
})

test('an observation that can never be stored is reported once and does not delay others', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  const path = `${folder.path}/hooks.journal`
  const { options: own, calls } = options(app, path)
  await using journal = new Journal(own)
  journal.take(4711, parsed('no-such-project'))
  journal.take(1, parsed('good'))
  await until(() => readFileSync(path, 'utf8') === '')
  expect([await ids(app), calls.refused.length]).toEqual([['good'], 1])
})

test('an entry of a group that can never be stored is set aside, and the others are stored', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  const path = `${folder.path}/hooks.journal`
  const impossible = { ...parsed('impossible'), fields: { ...parsed('x').fields, execution_ms: 'long' } }
  const line = JSON.stringify({ project_id: 1, observation: impossible })
  writeFileSync(path, `\n${entry('a')}\n\n${line}\n\n${entry('b')}\n`)
  const { options: own, calls } = options(app, path)
  await using _journal = new Journal(own)
  await until(() => readFileSync(path, 'utf8') === '')
  expect(await ids(app)).toEqual(['a', 'b'])
  const aside = `${path}.rejected`
  expect(calls.setAside).toEqual([{ reason: 'rejected', path: aside, lines: 1, lost: 0 }])
  expect(readFileSync(aside, 'utf8')).toBe(`\n${line}\n`)
})

test('a line that cannot be read is set aside once the others are stored', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  const path = `${folder.path}/hooks.journal`
  const lines = ['half a li', '{"project_id":1}', 'null']
  writeFileSync(path, `\n${lines[0]}\n${entry('good')}\n${lines[1]}\n${lines[2]}`)
  const { options: own, calls } = options(app, path)
  await using journal = new Journal(own)
  await until(() => readFileSync(path, 'utf8') === '')
  journal.take(1, parsed('later'))
  await journal.flush()
  expect(await ids(app)).toEqual(['good', 'later'])
  expect(readFileSync(`${path}.unreadable`, 'utf8')).toBe(`\n${lines.join('\n')}\n`)
  expect(calls.setAside).toHaveLength(1)
})

test('when lines cannot be set aside, they stay in the journal, and new events are still stored', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  const path = `${folder.path}/hooks.journal`
  writeFileSync(path, '\nhalf a li\n')
  mkdirSync(`${path}.unreadable`)
  const { options: own, calls } = options(app, path)
  await using journal = new Journal(own)
  journal.take(1, parsed('new'))
  await journal.flush()
  expect(await ids(app)).toEqual(['new'])
  expect(readFileSync(path, 'utf8')).toContain('half a li')
  expect(calls.refused).not.toEqual([])
})

test('entries stay in the journal when the writer ends before their commit', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  const path = `${folder.path}/hooks.journal`
  const record = () => Promise.reject(new WriterEndedError('the thread ended'))
  const { options: own } = options(app, path)
  {
    await using journal = new Journal({ ...own, recorder: { ...refusing(app, 0), record } })
    journal.take(1, parsed('answered'))
    await expect(journal.flush()).rejects.toThrow(WriterEndedError)
  }
  expect(readFileSync(path, 'utf8')).toContain('answered')
  expect(existsSync(`${path}.rejected`)).toBe(false)
})

test('closing waits for commits in progress and leaves nothing in the file', async () => {
  await using app = await testApp({ groupDelayMs: 50 })
  using folder = temporaryFolder()
  const path = `${folder.path}/hooks.journal`
  {
    await using journal = new Journal(options(app, path).options)
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
  changeProject(app.writer, 'default', { store_text: fields })
  const path = `${folder.path}/hooks.journal`
  const observed = (invocation_id: string): ParsedObservation => {
    const observation = { ...parsed(invocation_id), ...TEXTS, user_id: 'ann' }
    return {
      ...observation,
      fields: { ...observation.fields, session_id: SECRET, attributes: { note: SECRET } },
    }
  }
  await app.recorder.record(1, [observed('direct')])
  const recorder = refusing(app, 1)
  await using journal = new Journal({ ...options(app, path).options, recorder })
  journal.take(1, observed('replayed'))
  const written = readFileSync(path, 'utf8')
  for (const text of [...Object.values(TEXTS), 'ann', SECRET, 's3cr3t-v4lue'])
    expect(written).not.toContain(text)
  await until(() => readFileSync(path, 'utf8') === '')

  const [direct, replayed] = await app.rows()
  expect(replayed).toEqual({ ...direct, invocation_id: 'replayed' })
  expect(replayed).toMatchObject({ result_hash: expect.any(String), user_hash: expect.any(String) })
  const records = app.writer.sqlite
    .prepare('select fields from invocation_witness order by row_id')
    .pluck()
    .all()
  expect(records[1]).toBe(records[0])
  expect(String(records[1]).includes('"arguments":')).toBe(fields.includes('arguments'))
})

test('a text in the journal is not stored when the project no longer stores it', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  changeProject(app.writer, 'default', { store_text: ['arguments'] })
  const observation = privateObservation(app.writer, 1, { ...parsed('left'), ...TEXTS })
  expect(observation.fields.arguments).toBeDefined()
  const path = `${folder.path}/hooks.journal`
  writeFileSync(path, JSON.stringify({ project_id: 1, observation }))
  changeProject(app.writer, 'default', { store_text: [] })
  await using _journal = new Journal(options(app, path).options)
  await until(() => readFileSync(path, 'utf8') === '')
  expect(getInvocationDetail(app.writer, 1, 'left')).not.toHaveProperty('arguments')
})

test('an entry of an earlier version is stored under the names of today', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  const path = `${folder.path}/hooks.journal`
  const { fields, ...rest } = parsed('former')
  const observation = { ...rest, fields: { ...fields, span_ms: 12 } }
  writeFileSync(path, JSON.stringify({ project_id: 1, observation }))
  await using _journal = new Journal(options(app, path).options)
  await until(() => readFileSync(path, 'utf8') === '')
  expect(await app.rows()).toMatchObject([{ invocation_id: 'former', elapsed_ms: 12 }])
})

test('a flush waits for the commit of every observation taken before', async () => {
  await using app = await testApp({ groupDelayMs: 50 })
  using folder = temporaryFolder()
  await using journal = new Journal(options(app, `${folder.path}/hooks.journal`).options)
  journal.take(1, parsed('a'))
  await journal.flush()
  expect(await ids(app)).toEqual(['a'])
})

test('a flush tries at once what was refused before, and fails while it is still refused', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  const { options: own } = options(app, `${folder.path}/hooks.journal`)
  await using journal = new Journal({ ...own, recorder: refusing(app, 2), retryMs: 3_600_000 })
  journal.take(1, parsed('late'))
  await expect(journal.flush()).rejects.toThrow(QueueFullError)
  await journal.flush()
  expect(await ids(app)).toEqual(['late'])
})

test('the call that started a sub-agent is in the file until the recorder has stored it', async () => {
  await using app = await testApp()
  using folder = temporaryFolder()
  const path = `${folder.path}/hooks.journal`
  const stored: unknown[] = []
  const { promise: committed, resolve: commit } = Promise.withResolvers<void>()
  const recordAgentCalls: Recorder['recordAgentCalls'] = (...request) => {
    stored.push(request)
    return committed
  }
  const { options: own } = options(app, path)
  const call = { session_id: 's', agent_id: 'a', invocation_id: 't', seen_at_ms: NOW_MS }
  await using journal = new Journal({ ...own, recorder: { ...refusing(app, 0), recordAgentCalls } })
  journal.takeAgentCall(1, call)
  expect(journal.entries()).toEqual([{ project_id: 1, agent_call: call }])
  expect(stored).toEqual([[1, [call]]])
  journal.takeAgentCall(1, { ...call, agent_id: SECRET })
  expect(journal.entries()).toHaveLength(1)
  commit()
  await journal.flush()
  expect(readFileSync(path, 'utf8')).toBe('')
})
