import { type Context, type ContextManager, context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import type { Observation } from '@skillwatch/schema'
import { fixedClock, freePort, NOW_MS, until } from '@skillwatch/testkit'
import { expect, test, vi } from 'vitest'
import { createClient as createBrowserClient } from '../src/index.ts'
import { createClient } from '../src/node/index.ts'
import { type IngestDouble, startIngestDouble } from './ingest-double.ts'

const quick = { backoff: { delayMs: 1, delayMsMax: 5 }, batchDelayMs: 5, sessionId: 'session-1' }
const silent = { warn: () => undefined }

function received(ingest: IngestDouble): Observation[] {
  return ingest.received.flatMap(({ observations }) => observations)
}

test('a short call is one observation with its name, session, agent, time and outcome', async () => {
  await using ingest = await startIngestDouble()
  await using client = createClient({
    ...quick,
    url: ingest.url,
    agent: 'claude-code',
    batchDelayMs: 60_000,
    now: fixedClock,
  })
  const call = client.track('pdf-fill', { workflow_phase: 'execution', attributes: { branch: 'main' } })
  call.complete({ rating: 5, attributes: { pages: 3 } })
  expect(await client.flush()).toBe(true)
  const [observation, ...others] = received(ingest)
  expect(others).toEqual([])
  expect(observation).toMatchObject({
    invocation_id: call.invocationId,
    skill_name: 'pdf-fill',
    session_id: 'session-1',
    witness: 'sdk',
    agent_name: 'claude-code',
    workflow_phase: 'execution',
    outcome: 'completed',
    rating: 5,
    attributes: { branch: 'main', pages: 3 },
    invoked_at: NOW_MS,
  })
  expect(observation!.ended_at).toBeGreaterThanOrEqual(observation!.invoked_at as number)
  expect(call.invocationId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('a long call is sent as running first, and again with all fields when it ends', async () => {
  await using ingest = await startIngestDouble()
  await using client = createClient({ ...quick, url: ingest.url })
  const call = client.track('deploy', { user_id: 'u-1' })
  await client.flush()
  call.fail(new RangeError('secret'))
  await client.flush()
  const [start, end] = received(ingest)
  expect(start).toMatchObject({ outcome: 'running', user_id: 'u-1' })
  expect(end).toMatchObject({ ...start, outcome: 'failed', error_type: 'RangeError' })
  expect(JSON.stringify(end)).not.toContain('secret')
})

test('a call ends once, and becomes abandoned when its block is left before its end', async () => {
  await using ingest = await startIngestDouble()
  await using client = createClient({ ...quick, url: ingest.url, batchDelayMs: 60_000 })
  {
    using refused = client.track('refused')
    refused.reject()
    refused.complete()
  }
  {
    using _left = client.track('left')
  }
  await client.flush()
  expect(received(ingest).map(({ skill_name, outcome }) => [skill_name, outcome])).toEqual([
    ['refused', 'rejected'],
    ['left', 'abandoned'],
  ])
})

test('a wrapped function has the same results, errors, this, name and number of parameters', async () => {
  await using ingest = await startIngestDouble()
  await using client = createClient({ ...quick, url: ingest.url, batchDelayMs: 60_000 })
  const failure = new TypeError('no')
  const add = client.wrap('add', function add(this: { base: number }, a: number, b: number) {
    return this.base + a + b
  })
  expect(add.call({ base: 1 }, 2, 3)).toBe(6)
  expect([add.name, add.length]).toEqual(['add', 2])
  expect(() =>
    client.wrap('throw', () => {
      throw failure
    })(),
  ).toThrow(failure)
  expect(await client.wrap('resolve', async () => 'value')()).toBe('value')
  const rejected = await client
    .wrap('reject', () => Promise.reject(failure))()
    .catch((error: unknown) => error)
  expect(rejected).toBe(failure)
  await client.flush()
  expect(
    received(ingest).map(({ skill_name, outcome, error_type }) => [skill_name, outcome, error_type]),
  ).toEqual([
    ['add', 'completed', undefined],
    ['throw', 'failed', 'TypeError'],
    ['resolve', 'completed', undefined],
    ['reject', 'failed', 'TypeError'],
  ])
})

test('a wrapped generator ends its call when it returns, throws, or is left early', async () => {
  await using ingest = await startIngestDouble()
  await using client = createClient({ ...quick, url: ingest.url, batchDelayMs: 60_000 })
  const count = client.wrap('count', function* () {
    const received: unknown = yield 1
    yield received
    return 'end'
  })()
  expect([count.next(), count.next('word' as never), count.next()]).toEqual([
    { value: 1, done: false },
    { value: 'word', done: false },
    { value: 'end', done: true },
  ])
  for (const _ of client.wrap('left', function* () {
    yield 1
    yield 2
  })()) {
    break
  }
  const broken = client.wrap('broken', async function* () {
    yield 1
    throw new RangeError('no')
  })()
  await expect(Array.fromAsync(broken)).rejects.toThrow(RangeError)
  await client.flush()
  expect(received(ingest).map(({ skill_name, outcome }) => [skill_name, outcome])).toEqual([
    ['count', 'completed'],
    ['left', 'completed'],
    ['broken', 'failed'],
  ])
})

test('nested calls get their own parent across awaits, unless a parent is given', async () => {
  await using ingest = await startIngestDouble()
  await using client = createClient({ ...quick, url: ingest.url, batchDelayMs: 60_000 })
  const inner = client.wrap(
    'inner',
    async (of: string) => of,
    (of) => ({ workflow_step_id: of }),
  )
  const outer = client.wrap(
    'outer',
    async (name: string) => {
      await new Promise((resolve) => setImmediate(resolve))
      return await inner(name)
    },
    (name) => ({ invocation_id: name }),
  )
  await Promise.all([outer('outer-1'), outer('outer-2')])
  const byHand = client.track('by-hand', { parent_invocation_id: 'p-1' })
  byHand.run(() => client.track('child').complete())
  byHand.complete()
  await client.flush()
  const all = received(ingest)
  const inners = all.filter(({ skill_name }) => skill_name === 'inner')
  expect(inners.map(({ parent_invocation_id, trigger }) => [parent_invocation_id, trigger]).sort()).toEqual([
    ['outer-1', 'nested'],
    ['outer-2', 'nested'],
  ])
  for (const { parent_invocation_id, workflow_step_id } of inners)
    expect(parent_invocation_id).toBe(workflow_step_id)
  const by = (name: string) => all.find(({ skill_name }) => skill_name === name)!
  expect(by('by-hand')).toMatchObject({ parent_invocation_id: 'p-1' })
  expect(by('child')).toMatchObject({ parent_invocation_id: byHand.invocationId })
  expect(all.find(({ invocation_id }) => invocation_id === 'outer-1')).not.toHaveProperty(
    'parent_invocation_id',
  )
})

test('a nested call gets its parent although defaults name another one', async () => {
  await using ingest = await startIngestDouble()
  const defaults = { parent_invocation_id: 'run-1', trigger: 'user', workflow_phase: 'execution' } as const
  await using client = createClient({ ...quick, url: ingest.url, defaults, batchDelayMs: 60_000 })
  const outer = client.track('outer')
  outer.run(() => client.track('inner').complete())
  outer.complete()
  await client.flush()
  expect(received(ingest)).toMatchObject([
    { skill_name: 'outer', parent_invocation_id: 'run-1', trigger: 'user' },
    {
      skill_name: 'inner',
      parent_invocation_id: outer.invocationId,
      trigger: 'nested',
      workflow_phase: 'execution',
    },
  ])
})

test('calls inside a span carry its ids, whether OpenTelemetry is passed or found', async () => {
  await using ingest = await startIngestDouble()
  const span = new BasicTracerProvider().getTracer('test').startSpan('work')
  const { traceId: trace_id, spanId: span_id } = span.spanContext()
  await using plain = createClient({ ...quick, url: ingest.url })
  plain.track('outside').complete()
  await plain.flush()
  const openTelemetry = { trace: { getActiveSpan: () => span } }
  await using passed = createClient({ ...quick, url: ingest.url, openTelemetry })
  passed.track('inside', { attributes: { own: 1 } }).complete()
  await passed.flush()
  context.setGlobalContextManager(contextManagerOf(trace.setSpan(ROOT_CONTEXT, span)))
  plain.track('found').complete()
  await plain.flush()
  context.disable()
  const attributes = received(ingest).map((observation) => observation.attributes)
  expect(attributes).toEqual([undefined, { own: 1, trace_id, span_id }, { trace_id, span_id }])
})

function contextManagerOf(active: Context): ContextManager {
  const manager: ContextManager = {
    active: () => active,
    with: (_, fn, self, ...args) => fn.apply(self as never, args),
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  }
  return manager
}

test('fields that cannot be written as JSON are dropped and counted, and nothing is thrown', async () => {
  const warnings: string[] = []
  await using ingest = await startIngestDouble()
  const logger = { warn: (message: string) => void warnings.push(message) }
  await using client = createClient({ ...quick, url: ingest.url, logger })
  const circular: Record<string, unknown> = {}
  circular.self = circular
  const hostile = Object.defineProperty({}, 'kind', {
    enumerable: true,
    get() {
      throw new Error('hostile')
    },
  })
  client.track('circular', { attributes: circular as never }).complete()
  client.track('bigint', { selection_rank: 1n as never }).complete()
  client.track('hostile', hostile as never).complete()
  client.record({ skill_name: 'circular', attributes: circular as never })
  client.track('fine').complete({ rating: 1n as never })
  await client.flush()
  expect(received(ingest)).toMatchObject([{ skill_name: 'fine', outcome: 'completed' }])
  expect(client.stats()).toMatchObject({ recorded: 6, sent: 1, dropped: 5, queued: 0 })
  expect(warnings).toHaveLength(1)
})

test('no argument makes the client throw or changes what a wrapped function does', async () => {
  await using ingest = await startIngestDouble()
  const client = createClient({ ...quick, url: ingest.url, logger: silent, batchDelayMs: 60_000 })
  const hostile = new Proxy(Object.create(null) as object, {
    get() {
      throw Object.create(null)
    },
    ownKeys() {
      throw new Error('hostile')
    },
  }) as never
  const anything = [undefined, null, 7, 'text', Symbol('s'), 1n, [], hostile] as never[]
  for (const each of anything) {
    client.track(each, each).complete(each)
    client.track('x', each).fail(each, each)
    client.record(each)
    expect(client.wrap('x', each)).toBe(each)
    expect(client.wrap('x', () => each, each)()).toBe(each)
    expect(
      client.wrap(
        'x',
        () => each,
        () => each,
      )(),
    ).toBe(each)
  }
  const changed: { self?: unknown } = {}
  const call = client.track('x', { attributes: changed as never })
  changed.self = changed
  call.complete()
  client.track('fine').fail(hostile)
  expect(await client.flush(null as never)).toBe(true)
  const { recorded, sent, rejected, dropped } = client.stats()
  expect(sent + rejected + dropped).toBe(recorded)
  expect(received(ingest).find(({ skill_name }) => skill_name === 'fine')).toMatchObject({
    outcome: 'failed',
    error_type: 'object',
  })
  await client.close(null as never)
})

test('calls are sent together: after the delay, or when a batch is full', async () => {
  await using ingest = await startIngestDouble()
  await using byDelay = createClient({ ...quick, url: ingest.url })
  for (let index = 0; index < 3; index += 1) byDelay.track('x').complete()
  await until(() => byDelay.stats().sent === 3)
  expect(ingest.received.map(({ observations }) => observations.length)).toEqual([3])
  await using bySize = createClient({ ...quick, url: ingest.url, batchItemsMax: 2, batchDelayMs: 60_000 })
  for (let index = 0; index < 4; index += 1) bySize.track('x').complete()
  await until(() => bySize.stats().sent === 4)
  expect(ingest.received.map(({ observations }) => observations.length)).toEqual([3, 2, 2])
})

test('a full batch is sent at once, and further calls do not delay it', async () => {
  await using ingest = await startIngestDouble()
  await using client = createClient({ ...quick, url: ingest.url, batchItemsMax: 2, batchDelayMs: 60_000 })
  using timers = vi.spyOn(globalThis, 'setTimeout')
  for (let index = 0; index < 10; index += 1) client.track('x')
  // The timer of the first call, and the one that replaced it when the second call filled the batch.
  expect(timers.mock.calls.map(([, delayMs]) => delayMs)).toEqual([60_000, 0])
})

test('record accepts all fields of the wire, and creates and returns a missing id', async () => {
  await using ingest = await startIngestDouble()
  await using client = createClient({
    ...quick,
    url: ingest.url,
    agent: 'codex',
    defaults: { user_id: 'u-1' },
  })
  const made = client.record({ skill_name: 'grep', kind: 'tool', outcome: 'completed' })
  const given = client.record({
    skill_name: 'x',
    session_id: 'other',
    invocation_id: 'toolu_1',
    witness: 'transcript',
  })
  await client.flush()
  expect(received(ingest)).toMatchObject([
    {
      invocation_id: made,
      session_id: 'session-1',
      witness: 'sdk',
      agent_name: 'codex',
      user_id: 'u-1',
      kind: 'tool',
    },
    { invocation_id: 'toolu_1', session_id: 'other', witness: 'transcript' },
  ])
  expect(given).toBe('toolu_1')
})

test('with a dead server the client warns once, and a full queue drops and counts', async () => {
  const warnings: string[] = []
  const url = `http://127.0.0.1:${await freePort()}`
  const logger = { warn: (message: string) => void warnings.push(message) }
  const client = createClient({ ...quick, url, logger, queueItemsMax: 20, batchItemsMax: 10 })
  for (let index = 0; index < 30; index += 1) client.track(`skill-${index}`)
  await until(() => client.stats().retried >= 5)
  expect(client.stats()).toMatchObject({ recorded: 30, dropped: 10, queued: 20, sent: 0 })
  expect(await client.flush({ timeoutMs: 20 })).toBe(false)
  await client.close({ timeoutMs: 1 })
  expect(client.stats()).toMatchObject({ recorded: 30, dropped: 30, queued: 0 })
  client.track('late').complete()
  expect(client.stats()).toMatchObject({ recorded: 32, dropped: 32 })
  expect(warnings.map((message) => message.split(':')[0])).toEqual(['skillwatch', 'skillwatch'])
})

test.each([429, 500, 502, 503, 504, 302, 401, 403, 404, 405, 415, 421, 451])(
  'after answers with status %i everything is sent once the server accepts it',
  async (status) => {
    await using ingest = await startIngestDouble((_, reply, index) =>
      index < 3 ? reply.code(status).send({ title: 'not now' }) : undefined,
    )
    await using client = createClient({ ...quick, url: ingest.url, logger: silent })
    for (let index = 0; index < 10; index += 1) client.track('x').complete()
    expect(await client.flush()).toBe(true)
    expect(client.stats()).toMatchObject({ recorded: 10, sent: 10, retried: 3, dropped: 0, queued: 0 })
    expect(ingest.stored.size).toBe(10)
  },
)

test('a request whose answer is cut off or too slow is repeated, and nothing is stored twice', async () => {
  const release = Promise.withResolvers<void>()
  await using ingest = await startIngestDouble(async ({ observations }, reply, index) => {
    if (index > 1) return undefined
    for (const { invocation_id } of observations) ingest.stored.set(invocation_id!, 0)
    if (index === 1) return await release.promise
    reply.raw.writeHead(200, { 'content-length': '1000' }).write('{"accepted":')
    reply.raw.destroy()
    return reply.hijack()
  })
  await using client = createClient({ ...quick, url: ingest.url, timeoutMs: 50, logger: silent })
  for (let index = 0; index < 5; index += 1) client.track('x').complete()
  expect(await client.flush()).toBe(true)
  release.resolve()
  expect(client.stats()).toMatchObject({ recorded: 5, sent: 5, retried: 2, dropped: 0, queued: 0 })
  expect(ingest.stored.size).toBe(5)
})

test('a beginning given by the caller is kept, and the call then has no duration', async () => {
  await using ingest = await startIngestDouble()
  await using client = createClient({ ...quick, url: ingest.url })
  client.track('x', { invoked_at: '2026-11-22T09:30:00Z' }).complete()
  await client.flush()
  expect(received(ingest)[0]).toMatchObject({
    invoked_at: '2026-11-22T09:30:00Z',
    ended_at: expect.any(Number),
  })
  expect(received(ingest)[0]).not.toHaveProperty('execution_ms')
})

test('a line that the server cannot read is rejected alone, and the other lines are stored', async () => {
  const warnings: string[] = []
  await using ingest = await startIngestDouble(({ observations }, reply) =>
    observations.some(({ skill_name }) => skill_name === 'poison')
      ? reply.code(400).send({ title: 'bad' })
      : undefined,
  )
  const logger = { warn: (message: string) => void warnings.push(message) }
  await using client = createClient({ ...quick, url: ingest.url, logger, batchDelayMs: 60_000 })
  for (let index = 0; index < 9; index += 1) client.track(index === 4 ? 'poison' : 'fine').complete()
  await client.flush()
  expect(client.stats()).toMatchObject({ sent: 8, rejected: 1, dropped: 0, queued: 0 })
  expect(ingest.stored.size).toBe(8)
  expect(warnings).toHaveLength(1)
})

test('flush does not shorten a pause that the server asked for', async () => {
  await using ingest = await startIngestDouble((_, reply, index) =>
    index === 0 ? reply.code(429).header('retry-after', '60').send({}) : undefined,
  )
  const client = createClient({ ...quick, url: ingest.url, logger: silent })
  client.track('x').complete()
  await until(() => client.stats().retried === 1)
  expect(await client.flush({ timeoutMs: 30 })).toBe(false)
  await client.close({ timeoutMs: 1 })
  expect(ingest.received).toHaveLength(1)
})

test('wrong options throw at once, and a logger that throws does no harm', async () => {
  const bad = (options: object) => () => createClient(options as never)
  expect(bad({ url: 'http://127.0.0.1:1' })).toThrow('sessionId: expected a text, got undefined')
  expect(bad({ sessionId: 's' })).toThrow('url: expected a text')
  expect(bad({ sessionId: 's', url: 'http://127.0.0.1:1', project: '\ud800' })).toThrow(
    'project: expected a text',
  )
  expect(bad({ sessionId: 's', url: '127.0.0.1:8766' })).toThrow('expected an address such as')
  const url = `http://127.0.0.1:${await freePort()}`
  const logger = {
    warn() {
      throw new Error('logger')
    },
  }
  const client = createClient({ ...quick, url, logger })
  client.track('x').complete()
  await until(() => client.stats().retried > 1)
  await client.close({ timeoutMs: 1 })
})

test('in browsers a call gets its parent up to the first await, and never a wrong parent', async () => {
  await using ingest = await startIngestDouble()
  await using client = createBrowserClient({ ...quick, url: ingest.url, batchDelayMs: 60_000 })
  const outer = client.wrap(
    'outer',
    async (of: string) => {
      client.track('before', { workflow_step_id: of }).complete()
      await Promise.resolve()
      client.track('behind', { workflow_step_id: of }).complete()
    },
    (of) => ({ invocation_id: of }),
  )
  await Promise.all([outer('outer-1'), outer('outer-2')])
  const failing = client.wrap('failing', () => {
    throw new RangeError('no')
  })
  expect(failing).toThrow(RangeError)
  client.track('outside').complete()
  expect(await client.flush()).toBe(true)
  const parents = (name: string) =>
    received(ingest).flatMap((each) => (each.skill_name === name ? [each.parent_invocation_id] : []))
  expect(parents('before')).toEqual(['outer-1', 'outer-2'])
  expect(parents('behind')).toEqual([undefined, undefined])
  expect([...parents('outside'), ...parents('failing')]).toEqual([undefined, undefined])
})
