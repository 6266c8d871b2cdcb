import { createServer } from 'node:http'
import { formatInstant } from '@skillwatch/schema'
import { aBaseline, aBaselineReport, aFinding, aReport, freePort, machineNowMs } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { type Client, createClient, type Finding, type Page, ReadError } from '../../src/node/index.ts'
import { listen } from '../listen.ts'
import { useServices } from './services.ts'

const { urls } = useServices()

function clientOf(options: { url?: string; readUrl?: string; timeoutMs?: number } = {}): Client {
  return createClient({ ...urls, sessionId: 'unused', batchDelayMs: 5, ...options })
}

/** Records calls in sessions that no other test uses: one a second, and the last one now. */
async function record(client: Client, calls: readonly (readonly [session: string, skill: string])[]) {
  const firstAtMs = machineNowMs() - (calls.length - 1) * 1_000
  for (const [index, [session_id, skill_name]] of calls.entries()) {
    const outcome = skill_name === 'break' ? 'failed' : 'completed'
    client.record({ session_id, skill_name, outcome, invoked_at: firstAtMs + index * 1_000 })
  }
  expect(await client.flush()).toBe(true)
}

async function pagesOf<Item>(list: AsyncIterable<Page<Item>>): Promise<Item[][]> {
  const pages: Item[][] = []
  for await (const { items } of list) pages.push(items)
  return pages
}

async function errorOf(read: PromiseLike<unknown>): Promise<ReadError> {
  const error = await Promise.resolve(read).catch((each: unknown) => each)
  expect(error).toBeInstanceOf(ReadError)
  return error as ReadError
}

/** A server in place of the gateway that answers nothing, or the same to every request. */
function startServer(answer?: string) {
  return listen(createServer((_request, response) => void (answer !== undefined && response.end(answer))))
}

test('a list is its first page when awaited, and all its pages in order with for await', async () => {
  await using client = clientOf()
  await record(client, [
    ['pages/1', 'read'],
    ['pages/2', 'read'],
    ['pages/1', 'write'],
    ['pages/3', 'read'],
    ['pages/1', 'break'],
  ])
  const sessions = client.sessions({ prefix: 'pages/', limit: 2 })
  const ids = (await pagesOf(sessions)).map((page) => page.map(({ session_id }) => session_id))
  expect(ids).toEqual([['pages/1', 'pages/3'], ['pages/2']])
  const first = await sessions
  expect(first.items.map(({ session_id }) => session_id)).toEqual(['pages/1', 'pages/3'])
  const rest = await client.sessions({ prefix: 'pages/', limit: 2, cursor: first.next_cursor! })
  expect([rest.items[0]!.session_id, rest.next_cursor]).toEqual(['pages/2', null])

  const calls = await pagesOf(client.invocations({ session_id: 'pages/1', order: 'asc', limit: 1 }))
  expect(calls.flat().map(({ skill_name }) => skill_name)).toEqual(['read', 'write', 'break'])
  const skills = (await pagesOf(client.skills({ limit: 1 }))).flat().map(({ skill_name }) => skill_name)
  expect(skills).toEqual(expect.arrayContaining(['read', 'write', 'break']))
})

test('every field of a query selects, and a field without a value does not', async () => {
  await using client = clientOf()
  await record(client, [
    ['filters', 'read'],
    ['filters', 'break'],
  ])
  const query = { session_id: 'filters', kind: 'skill', since: '1d', until: undefined } as const
  const names = async (more: object) =>
    (await client.invocations({ ...query, ...more })).items.map(({ skill_name }) => skill_name)
  expect(await names({})).toEqual(['break', 'read'])
  expect(await names({ outcome: 'failed' })).toEqual(['break'])
  expect(await names({ skill_name: 'read' })).toEqual(['read'])
  expect(await names({ workflow_phase: 'setup' })).toEqual([])
  expect(await names({ until: '1h' })).toEqual([])
})

test('findings are read in pages, and streamed to those who name them', async () => {
  await using client = clientOf()
  await record(client, [['findings', 'watched']])
  const untilMs = machineNowMs()
  const opened_at = formatInstant(untilMs)
  const open = aFinding({ finding_id: 'open', skill_name: 'watched', opened_at })
  const resolved = { ...open, finding_id: 'resolved', resolved_at: opened_at }
  const reply = await fetch(`${urls.url}/v1/findings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(aReport([open, resolved], { sinceMs: untilMs - 1_000, untilMs })),
  })
  expect(await reply.json()).toMatchObject({ inserted: 2 })
  expect(await pagesOf(client.findings({ skill_name: 'watched' }))).toEqual([[open]])
  const all = await pagesOf(client.findings({ state: 'all', kind: 'skill', order: 'asc', limit: 1 }))
  expect(all).toEqual([[open], [resolved]])
  const filter = { skill_name: 'watched' }
  const streamed: Finding[] = []
  for await (const event of client.stream({ from: 'start', entities: ['finding'], filter })) {
    if (event.type === 'changes')
      streamed.push(...event.items.flatMap((item) => (item.op === 'delete' ? [] : item.finding)))
    if (event.type === 'caught_up') break
  }
  expect(streamed).toEqual([open, resolved])
})

test('baselines are read in pages, each with the run that they are from', async () => {
  await using client = clientOf()
  await record(client, [['baselines', 'planned']])
  const until = formatInstant(machineNowMs())
  const baseline = aBaseline({ skill_name: 'planned' })
  const reply = await fetch(`${urls.url}/v1/findings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(aBaselineReport([baseline], { until })),
  })
  expect(await reply.json()).toMatchObject({ inserted: 1 })
  const { items, run } = await client.baselines({ skill_name: 'planned', order: 'desc' })
  expect(items).toMatchObject([baseline])
  expect(run).toMatchObject({ until, persons: 15, withheld: { too_few_persons: 2 } })
  expect(await pagesOf(client.baselines({ kind: 'tool' }))).toEqual([[]])
})

test('a session has its numbers and skills, and an unknown one is a problem with status 404', async () => {
  await using client = clientOf()
  await record(client, [
    ['a/b ü?', 'read'],
    ['a/b ü?', 'break'],
  ])
  expect(await client.session('a/b ü?')).toMatchObject({
    session_id: 'a/b ü?',
    invocation_count: 2,
    failed_count: 1,
    skills: [{ skill_name: 'break' }, { skill_name: 'read' }],
    api_usage: { request_count: 0 },
  })
  const { message, status, problem } = await errorOf(client.session('nobody'))
  expect([status, problem?.status, problem?.type]).toEqual([404, 404, '/problems/not-found'])
  expect(message).toMatch(/answered 404: nothing is recorded of session "nobody"; see GET \/v1\/sessions$/)
})

test('a refused read carries the problem, with the field that is wrong', async () => {
  await using client = clientOf()
  const { status, problem } = await errorOf(client.invocations({ limit: 5_000 }))
  expect([status, problem?.errors?.map(({ pointer }) => pointer)]).toEqual([400, ['/limit']])
  const wrongCursor = await errorOf(client.sessions({ cursor: 'none of this list' }))
  expect(wrongCursor.problem?.errors?.[0]?.pointer).toBe('/cursor')
})

test('an error of a later page ends the iteration, after the pages before it', async () => {
  const pages = ['{"items":[1],"next_cursor":"next"}', 'no page']
  await using server = await listen(createServer((_request, response) => void response.end(pages.shift())))
  await using client = clientOf({ readUrl: server.url })
  const seen: unknown[] = []
  const iterated = (async () => {
    for await (const page of client.sessions()) seen.push(page.items)
  })()
  expect((await errorOf(iterated)).message).toContain('/v1/sessions?cursor=next did not answer with JSON')
  expect(seen).toEqual([[1]])
})

test('an aborted read rejects at once with the reason of its signal', async () => {
  await using server = await startServer()
  // Longer than the test may take, so that no read ends by itself.
  await using client = clientOf({ readUrl: server.url, timeoutMs: 600_000 })
  const stop = new AbortController()
  const reason = new Error('no longer needed')
  const { signal } = stop
  const reads = [
    client.sessions({ signal }),
    client.session('any', { signal }),
    client.metrics({ signal }),
    pagesOf(client.invocations({ signal })),
  ]
  stop.abort(reason)
  const results = await Promise.allSettled(reads)
  expect(results).toEqual(reads.map(() => ({ status: 'rejected', reason })))
  await expect(client.skills({ signal })).rejects.toBe(reason)
})

test('a read without an answer ends after timeoutMs, and when the client is closed', async () => {
  await using server = await startServer()
  await using impatient = clientOf({ readUrl: server.url, timeoutMs: 20 })
  expect((await errorOf(impatient.sessions())).message).toContain('no answer within 20 ms')
  expect((await errorOf(impatient.metrics())).message).toContain('no answer within 20 ms')
  const closed = clientOf({ readUrl: server.url, timeoutMs: 600_000 })
  const waiting = errorOf(closed.sessions())
  await closed.close()
  expect((await waiting).message).toBe('the client is closed')
  expect((await errorOf(closed.metrics())).message).toBe('the client is closed')
})

test('reads that ingest answers name the service and readUrl', async () => {
  await using client = clientOf({ readUrl: urls.url })
  const expected =
    `${urls.url} is Skillwatch ingest, not the gateway: ` +
    'give the address of the gateway in the option readUrl'
  // All lists are requested before the first one is awaited, which leaves no rejection unhandled.
  for (const list of [client.sessions(), client.invocations(), client.skills()]) {
    expect((await errorOf(list)).message).toContain(expected)
  }
  expect((await errorOf(client.session('any'))).message).toContain(expected)
  expect((await errorOf(client.metrics())).message).toContain(expected)
})

test('reads that nothing answers, or no service of Skillwatch, name readUrl', async () => {
  const advice = /is the gateway running there\? Its address is the option readUrl$/
  await using nothing = clientOf({ readUrl: `http://127.0.0.1:${await freePort()}` })
  const { message, status } = await errorOf(nothing.sessions())
  expect(message).toMatch(/ECONNREFUSED/)
  expect(message).toMatch(advice)
  expect(status).toBeUndefined()
  await using server = await startServer('<html></html>')
  await using other = clientOf({ readUrl: server.url })
  expect((await errorOf(other.sessions())).message).toMatch(advice)
  expect((await errorOf(other.metrics())).message).toMatch(advice)
})
