import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import {
  type ApiRequestInput,
  type Observation,
  type PromptInput,
  parseObservation,
} from '@skillwatch/schema'
import type { JsonObject } from '@skillwatch/schema/claude-code'
import { fixedClock, NOW_MS, sharedData, type TemporaryFolder, temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import {
  noCheckpoints,
  openCheckpointStore,
  TRANSCRIPT_CHECKPOINTS,
} from '../../src/import/checkpoint-store.ts'
import { type ImportOptions, importFolder } from '../../src/import/import-folder.ts'
import { aCall, aPrompt, aResult, START_MS } from './claude-code/records.ts'

const SERVER = { serverUrl: 'http://127.0.0.1:1', epoch: 'e1' }
const soonMs = START_MS + 60_000

/** What a server would have been sent. */
function recorder() {
  const sent: Observation[] = []
  const apiRequests: ApiRequestInput[] = []
  const prompts: PromptInput[] = []
  const keepIn =
    <T>(list: T[]) =>
    async (items: readonly T[]) => {
      list.push(...items)
      return { accepted: items.length, duplicates: 0, rejectedCount: 0, rejected: [] }
    }
  return {
    sent,
    send: keepIn(sent),
    apiRequests,
    sendApiRequests: keepIn(apiRequests),
    prompts,
    sendPrompts: keepIn(prompts),
  }
}

interface Bench {
  readonly folder: string
  readonly sent: Observation[]
  readonly apiRequests: ApiRequestInput[]
  write(name: string, ...records: (JsonObject | string)[]): string
  append(name: string, text: string): void
  run(options?: Partial<ImportOptions>): ReturnType<typeof importFolder>
}

function bench(temporary: TemporaryFolder): Bench {
  const folder = join(temporary.path, 'projects')
  mkdirSync(folder)
  const { sent, send, apiRequests, sendApiRequests, sendPrompts } = recorder()
  const path = (name: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    return join(folder, name)
  }
  return {
    folder,
    sent,
    apiRequests,
    write(name, ...records) {
      writeFileSync(path(name), records.map(toLine).join(''))
      return path(name)
    },
    append: (name, text) => appendFileSync(path(name), text),
    async run(options = {}) {
      const checkpoints = await openCheckpointStore(
        join(temporary.path, 'state'),
        SERVER,
        TRANSCRIPT_CHECKPOINTS,
      )
      const { signal } = new AbortController()
      const defaults = { restart: false, idleMs: 3_600_000, lineBytesMax: 100_000, batchItemsMax: 100 }
      return await importFolder({
        folder,
        send,
        sendApiRequests,
        sendPrompts,
        checkpoints,
        signal,
        nowMs: () => soonMs,
        ...defaults,
        ...options,
      })
    },
  }
}

function toLine(record: JsonObject | string): string {
  return typeof record === 'string' ? `${record}\n` : `${JSON.stringify(record)}\n`
}

const outcomes = (sent: Observation[]) =>
  sent.map(({ invocation_id, outcome }) => `${invocation_id} ${outcome}`)

test('a second import sends nothing', async () => {
  using temporary = temporaryFolder()
  const { write, run, sent } = bench(temporary)
  write('p/session.jsonl', aCall(1, 'a'), aResult(2, 'a'))
  expect((await run()).files).toMatchObject({ found: 1, read: 1, unchanged: 0 })
  expect(sent.length).toBe(1)
  expect((await run()).files).toMatchObject({ found: 1, read: 0, unchanged: 1 })
  expect(sent.length).toBe(1)
})

test('an import goes on at the line after the last, and knows the calls that were open', async () => {
  using temporary = temporaryFolder()
  const { write, append, run, sent } = bench(temporary)
  write('session.jsonl', aCall(1, 'a'))
  await run()
  append('session.jsonl', toLine(aResult(2, 'a')))
  const { lines } = await run()
  expect(lines).toBe(1)
  expect(outcomes(sent)).toEqual(['a running', 'a completed'])
})

test('a half-written last line is left for the next time', async () => {
  using temporary = temporaryFolder()
  const { write, append, run, sent } = bench(temporary)
  const line = toLine(aResult(2, 'a'))
  write('session.jsonl', aCall(1, 'a'))
  append('session.jsonl', line.slice(0, 40))
  expect(await run()).toMatchObject({ lines: 1, skipped_lines: {} })
  append('session.jsonl', line.slice(40))
  expect(await run()).toMatchObject({ lines: 1, skipped_lines: {} })
  expect(outcomes(sent)).toEqual(['a running', 'a completed'])
})

test('a last line that lacks only its line break is taken', async () => {
  using temporary = temporaryFolder()
  const { write, append, run, sent } = bench(temporary)
  write('session.jsonl', aCall(1, 'a'))
  append('session.jsonl', JSON.stringify(aResult(2, 'a')))
  await run()
  append('session.jsonl', `\n${toLine(aPrompt(3, 'next'))}`)
  expect((await run()).skipped_lines).toEqual({})
  expect(outcomes(sent)).toEqual(['a completed'])
})

test.each([
  ['truncated', (path: string) => truncateSync(path, 10)],
  [
    'replaced by another of the same size',
    (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace('"a"', '"b"')),
  ],
  [
    'rewritten in its middle',
    (path: string) => writeFileSync(path, `${toLine(aCall(9, 'z'))}${readFileSync(path, 'utf8')}`),
  ],
])('a file that was %s is read from the start', async (_, change) => {
  using temporary = temporaryFolder()
  const { write, run } = bench(temporary)
  const path = write('session.jsonl', aCall(1, 'a'), aResult(2, 'a'))
  await run()
  change(path)
  expect((await run()).files).toMatchObject({ restarted: 1, read: 1 })
})

test('another change log gets everything again', async () => {
  using temporary = temporaryFolder()
  const { write, run, sent } = bench(temporary)
  write('session.jsonl', aCall(1, 'a'), aResult(2, 'a'))
  await run()
  await run({
    checkpoints: await openCheckpointStore(
      join(temporary.path, 'state'),
      { ...SERVER, epoch: 'e2' },
      TRANSCRIPT_CHECKPOINTS,
    ),
  })
  expect(sent.length).toBe(2)
})

test('with a damaged checkpoint the file is read again', async () => {
  using temporary = temporaryFolder()
  const { write, run, sent } = bench(temporary)
  write('session.jsonl', aCall(1, 'a'), aResult(2, 'a'))
  const store = await openCheckpointStore(join(temporary.path, 'state'), SERVER, TRANSCRIPT_CHECKPOINTS)
  await run({ checkpoints: { ...store, read: async () => undefined } })
  const { globSync } = await import('node:fs')
  const files = globSync(join(temporary.path, 'state/import/*/*.json'))
  expect(files.length).toBe(1)
  for (const file of files) writeFileSync(file, '{"version":1,"path":')
  await run()
  expect(sent.length).toBe(2)
})

test('bad lines are counted by reason, and the good ones beside them are kept', async () => {
  using temporary = temporaryFolder()
  const { write, run, sent } = bench(temporary)
  const huge = JSON.stringify(aResult(9, 'x', { text: 'y'.repeat(200_000) }))
  write(
    's.jsonl',
    '{"half',
    '[1]',
    'null',
    '',
    huge,
    { type: 'brand-new' },
    { type: 'brand-new' },
    aCall(1, 'a'),
    aResult(2, 'a'),
    aResult(3, '?'),
  )
  expect(await run()).toMatchObject({
    lines: 10,
    skipped_lines: { not_json: 1, not_an_object: 2, too_long: 1, result_without_call: 1 },
    unknown_record_types: { 'brand-new': 2 },
    calls: { tool: 1 },
    outcomes: { completed: 1 },
  })
  expect(sent.length).toBe(1)
})

test('however many unknown types a file invents, few are counted by name', async () => {
  using temporary = temporaryFolder()
  const { write, run } = bench(temporary)
  write(
    's.jsonl',
    { type: '__proto__' },
    ...Array.from({ length: 500 }, (_, index) => ({ type: `type-${index}` })),
  )
  const { unknown_record_types } = await run()
  expect(Object.keys(unknown_record_types).length).toBe(51)
  expect(Object.getOwnPropertyDescriptor(unknown_record_types, '__proto__')?.value).toBe(1)
  expect(unknown_record_types.other).toBe(451)
})

test('calls of sub-agents are linked to the call that started them, also when it is read later', async () => {
  using temporary = temporaryFolder()
  const { write, append, run, sent } = bench(temporary)
  const inside = { isSidechain: true, agentId: 'g1' }
  write('p/session-1.jsonl', aCall(1, 'start', { name: 'Agent', input: { subagent_type: 'Explore' } }))
  write('p/session-1/subagents/agent-g1.jsonl', aCall(2, 'a', inside), aResult(3, 'a', inside))
  await run()
  expect(sent.find((each) => each.invocation_id === 'a')).not.toHaveProperty('parent_invocation_id')
  append('p/session-1.jsonl', toLine(aResult(9, 'start', { toolUseResult: { agentId: 'g1' } })))
  expect((await run()).files).toMatchObject({ relinked: 1 })
  expect(sent.findLast((each) => each.invocation_id === 'a')).toMatchObject({
    parent_invocation_id: 'start',
  })
  expect((await run()).files).toMatchObject({ relinked: 0, unchanged: 2 })
})

test('sub-agents of sub-agents find their parents in any order of files', async () => {
  using temporary = temporaryFolder()
  const { write, run, sent } = bench(temporary)
  const inside = (agentId: string) => ({ isSidechain: true, agentId })
  write('agent-1.jsonl', aCall(3, 'deep', inside('1')), aResult(4, 'deep', inside('1')))
  write(
    'agent-2.jsonl',
    aCall(2, 'start', { name: 'Task', ...inside('2') }),
    aResult(5, 'start', { ...inside('2'), toolUseResult: { agentId: '1' } }),
  )
  const { calls } = await run()
  expect(sent.findLast((each) => each.invocation_id === 'deep')).toMatchObject({
    parent_invocation_id: 'start',
  })
  expect(calls).toEqual({ tool: 1, agent: 1 })
})

test('a call that runs is abandoned once its session is idle, without any new line', async () => {
  using temporary = temporaryFolder()
  const { write, run, sent } = bench(temporary)
  write('s.jsonl', aCall(1, 'a'))
  expect((await run()).outcomes).toEqual({ running: 1 })
  await run({ nowMs: () => START_MS + 2 * 3_600_000 })
  await run({ nowMs: () => START_MS + 3 * 3_600_000 })
  expect(outcomes(sent)).toEqual(['a running', 'a abandoned'])
})

test('a checkpoint is written only after the server has accepted everything before it', async () => {
  using temporary = temporaryFolder()
  const { write, run, sent } = bench(temporary)
  for (const name of ['a', 'b', 'c']) write(`${name}.jsonl`, aCall(1, name), aResult(2, name))
  let requests = 0
  const failing = async () => {
    requests += 1
    if (requests === 2) throw new Error('gone')
    return { accepted: 1, duplicates: 0, rejectedCount: 0, rejected: [] }
  }
  await expect(run({ batchItemsMax: 1, send: failing })).rejects.toThrow('gone')
  await run()
  expect(outcomes(sent)).toEqual(['b completed', 'c completed'])
})

test('a file that cannot be read is named and does not stop the others', async () => {
  using temporary = temporaryFolder()
  const { write, run, sent } = bench(temporary)
  const path = write('b.jsonl', aCall(1, 'b'), aResult(2, 'b')).replace('b.jsonl', 'a.jsonl')
  // A link to itself, which also the superuser cannot read.
  symlinkSync(path, path)
  const { files } = await run()
  expect(files.unreadable).toEqual([{ path, reason: 'ELOOP' }])
  expect(sent.length).toBe(1)
})

test('a file that goes away between finding and reading is named', async () => {
  using temporary = temporaryFolder()
  const { write, run } = bench(temporary)
  const path = write('a.jsonl', aCall(1, 'a'))
  const { files } = await run({ onFound: () => rmSync(path) })
  expect(files.unreadable).toEqual([{ path, reason: 'ENOENT' }])
})

test('a stopped import ends with the reason, and the next run sends what was not accepted', async () => {
  using temporary = temporaryFolder()
  const { write, run, sent } = bench(temporary)
  const records = Array.from({ length: 500 }, (_, index) => [aCall(1, `a${index}`), aResult(2, `a${index}`)])
  write('a.jsonl', ...records.flat())
  const stop = new AbortController()
  const answered: Observation[] = []
  const send = async (observations: readonly Observation[]) => {
    stop.signal.throwIfAborted()
    answered.push(...observations)
    if (answered.length >= 200) stop.abort(new Error('stopped'))
    return { accepted: observations.length, duplicates: 0, rejectedCount: 0, rejected: [] }
  }
  await expect(run({ send, signal: stop.signal })).rejects.toThrow()
  expect(answered.length).toBeLessThan(500)
  await run()
  const ids = new Set([...answered, ...sent].map((each) => each.invocation_id))
  expect(ids.size).toBe(500)
  expect(sent.length).toBeLessThan(500)
})

test('equal ids of sub-agents in different projects are different sub-agents', async () => {
  using temporary = temporaryFolder()
  const { write, run, sent } = bench(temporary)
  const inside = { isSidechain: true, agentId: '7f' }
  for (const project of ['p', 'q']) {
    write(
      `${project}/s.jsonl`,
      aCall(1, `start-${project}`, { name: 'Task' }),
      aResult(9, `start-${project}`, { toolUseResult: { agentId: '7f' } }),
    )
    write(`${project}/s/subagents/agent-7f.jsonl`, aCall(2, project, inside), aResult(3, project, inside))
  }
  await run()
  const parentOf = (id: string) => sent.find((each) => each.invocation_id === id)?.parent_invocation_id
  expect([parentOf('p'), parentOf('q')]).toEqual(['start-p', 'start-q'])
})

const data = sharedData()
const manifestTest = test.skipIf(data === undefined)

interface Manifest {
  totals: {
    tool_calls: number
    errors: number
    files: number
    lines: number
    sessions: number
    tools: Record<string, number>
  }
}

manifestTest(
  'the real sessions give exactly the calls, errors, tools, skills and sessions of their manifest',
  async () => {
    const { totals } = JSON.parse(readFileSync(join(data!, 'manifest.json'), 'utf8')) as Manifest
    const { sent, send, sendApiRequests, sendPrompts } = recorder()
    const { signal } = new AbortController()
    const summary = await importFolder({
      folder: join(data!, 'claude-code'),
      send,
      sendApiRequests,
      sendPrompts,
      checkpoints: noCheckpoints,
      restart: false,
      idleMs: 3_600_000,
      lineBytesMax: 64 * 1_048_576,
      batchItemsMax: 100,
      signal,
      nowMs: fixedClock,
    })
    const ended = sent.filter(({ outcome }) => outcome !== 'running')
    const calls = ended.filter(({ kind }) => kind !== 'command')
    expect(new Set(calls.map((each) => each.invocation_id)).size).toBe(totals.tool_calls)
    expect(calls.length).toBe(totals.tool_calls)
    expect(calls.filter(({ outcome }) => outcome === 'failed' || outcome === 'rejected').length).toBe(
      totals.errors,
    )
    expect(calls.every(({ outcome }) => outcome !== 'abandoned')).toBe(true)
    expect(countBy(calls.map(({ attributes }) => String(attributes?.['gen_ai.tool.name'])))).toEqual(
      totals.tools,
    )
    expect(countBy(calls.filter(({ kind }) => kind === 'skill').map((each) => each.skill_name))).toEqual({
      'my-worktree-actors': 1,
      'handgemacht:commit': 1,
    })
    expect(countBy(ended.filter(({ kind }) => kind === 'command').map((each) => each.skill_name))).toEqual({
      init: 1,
      clear: 2,
      exit: 1,
    })
    expect(new Set(calls.map((each) => each.session_id)).size).toBe(totals.sessions)
    expect(summary).toMatchObject({
      files: { found: totals.files },
      lines: totals.lines,
      skipped_lines: {},
      unknown_record_types: {},
    })
    const refused = sent
      .map((each) => parseObservation(structuredClone(each), NOW_MS, () => ''))
      .filter((each) => !('observation' in each))
    expect(refused).toEqual([])
    // Every call in a sub-agent's file knows the call that started the sub-agent, save those of the
    // compaction, which has none.
    expect(
      calls
        .filter(({ attributes }) => attributes?.['gen_ai.agent.id'])
        .every((each) => each.parent_invocation_id),
    ).toBe(true)
  },
)

function countBy(names: string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]))
}
