import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { type AddressInfo, connect } from 'node:net'
import { until } from '@skillwatch/testkit'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { ProblemError, type ServiceOptions, VERSION } from '../src/index.ts'
import { testService } from './support.ts'

const none = { config: { scope: 'none' } } as const

test('refusals of the routes and of the framework are problem details with the request id', async () => {
  const { app } = await testService()
  await using _ = app
  app.post('/echo', none, async (request) => request.body)
  const json = { 'content-type': 'application/json' }
  const cases = [
    { request: { method: 'GET', url: '/nothing?x=1' }, status: 404, type: '/problems/not-found' },
    {
      request: { method: 'POST', url: '/echo', headers: json, payload: '{"a":' },
      status: 400,
      type: '/problems/invalid-request',
    },
    {
      request: { method: 'POST', url: '/echo', headers: json, payload: '' },
      status: 400,
      type: '/problems/invalid-request',
    },
    {
      request: { method: 'POST', url: '/echo', headers: json, payload: `"${'x'.repeat(1_000)}"` },
      status: 413,
      type: '/problems/content-too-large',
    },
    {
      request: { method: 'POST', url: '/echo', headers: { 'content-type': 'text/csv' }, payload: 'a' },
      status: 415,
      type: '/problems/unsupported-media-type',
    },
    { request: { method: 'GET', url: '/%' }, status: 400, type: '/problems/invalid-request' },
    {
      request: { method: 'GET', url: '/health/live', headers: { origin: 'https://evil.example' } },
      status: 403,
      type: '/problems/origin-not-allowed',
    },
    {
      request: { method: 'GET', url: '/metrics', headers: { host: 'evil.example' } },
      status: 421,
      type: '/problems/misdirected-request',
    },
  ] as const
  for (const { request, status, type } of cases) {
    const reply = await app.inject(request)
    expect(reply.headers['content-type'], request.url).toMatch(/^application\/problem\+json/)
    expect(reply.json(), request.url).toMatchObject({
      status,
      type,
      instance: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(reply.statusCode).toBe(status)
  }
})

test('an error of ours is logged and answered without its text', async () => {
  const { app, log } = await testService()
  await using _ = app
  app.get('/broken', none, async () => {
    throw new Error('the reason')
  })
  const reply = await app.inject('/broken?token=abc')
  expect(reply.json()).toMatchObject({ status: 500, type: '/problems/internal-error' })
  expect(reply.body).not.toContain('the reason')
  const line = JSON.parse(log().trim().split('\n').at(-1)!)
  expect(line).toMatchObject({ level: 50, err: { message: 'the reason' }, reqId: reply.json().instance })
  expect(JSON.stringify(line)).not.toContain('abc')
})

test('a problem names each wrong field and how long to wait', async () => {
  const { app } = await testService()
  await using _ = app
  app.get('/busy', none, async () => {
    throw new ProblemError('unavailable', 'the queue is full', { retryAfterS: 2 })
  })
  const query = Type.Object(
    { limit: Type.Integer({ minimum: 1, maximum: 10, default: 5 }) },
    { additionalProperties: false },
  )
  app.get('/list', { ...none, schema: { querystring: query } }, async (request) => request.query)
  app.post(
    '/things',
    { ...none, schema: { body: Type.Object({ name: Type.String() }) } },
    async () => 'made',
  )

  const busy = await app.inject('/busy')
  expect(busy.headers['retry-after']).toBe('2')
  expect(busy.json()).toMatchObject({ status: 503, detail: 'the queue is full' })
  expect((await app.inject('/list')).json()).toEqual({ limit: 5 })
  expect((await app.inject('/list?limit=7')).json()).toEqual({ limit: 7 })
  expect((await app.inject('/list?limit=70')).json()).toMatchObject({
    status: 400,
    errors: [{ pointer: '/limit', reason: 'must be <= 10' }],
  })
  expect((await app.inject('/list?limt=7')).json()).toMatchObject({
    status: 400,
    errors: [{ pointer: '/limt', reason: 'must not have additional properties' }],
  })
  const unprocessable = await app.inject({ method: 'POST', url: '/things', payload: {} })
  expect(unprocessable.json()).toMatchObject({ status: 422, errors: [{ pointer: '/name' }] })
})

test('a route without a scope is refused when it is added', async () => {
  const { app } = await testService()
  await using _ = app
  expect(() => app.get('/forgotten', async () => 'open')).toThrow(/has no scope/)
})

test('a request without a key is answered by scope', async () => {
  const { app } = await testService({
    access: { mode: 'allow', hasKeys: () => true } as unknown as ServiceOptions['access'],
  })
  await using _ = app
  app.get('/data', { config: { scope: 'read' } }, async (request) => request.project)
  app.get('/keys', { config: { scope: 'admin' } }, async () => 'secrets')
  expect((await app.inject('/data')).json()).toEqual({ project_id: 1, name: 'default' })
  const refused = await app.inject('/keys')
  expect(refused.statusCode).toBe(401)
  expect(refused.headers['www-authenticate']).toMatch(/^Bearer/)
})

test('a request that names another project than its own is refused, with and without a key', async () => {
  const key = 'sw_a1_secret'
  const stored = {
    secret_hash: createHash('sha256').update(key).digest(),
    scopes: 'read',
    project_id: 7,
    project: 'Büro 7',
    revoked_at_ms: null,
  }
  const { app } = await testService({
    access: { findKey: () => stored, hasKeys: () => true } as unknown as ServiceOptions['access'],
  })
  await using _ = app
  app.get('/data', { config: { scope: 'read' } }, async (request) => request.project.name)
  app.get('/open', none, async () => 'for everyone')
  const ask = (project: string, authorization?: string, url = '/data') =>
    app.inject({ url, headers: { 'skillwatch-project': project, ...(authorization && { authorization }) } })

  expect((await ask('B%C3%BCro%207', `Bearer ${key}`)).body).toBe('Büro 7')
  expect((await ask('default')).body).toBe('default')
  const wrongKey = await ask('default', `Bearer ${key}`)
  expect(wrongKey.json()).toMatchObject({ status: 403, type: '/problems/wrong-project' })
  expect(wrongKey.json().detail).toMatch(/opens project "Büro 7", the request is for project "default"/)
  const noKey = await ask('team')
  expect(noKey.json()).toMatchObject({ status: 403, type: '/problems/wrong-project' })
  expect(noKey.json().detail).toMatch(/without an API key .* "default", the request is for project "team"/)
  expect((await ask('%', `Bearer ${key}`)).statusCode).toBe(400)
  expect((await ask('default', 'Bearer sw_x_wrong')).statusCode).toBe(401)
  expect((await ask('team', undefined, '/open')).body).toBe('for everyone')
})

test('a request without a key reaches the open project that it names, and no other', async () => {
  const findOpenProject = (name: string) => (name === 'Büro 8' ? { project_id: 8, name } : undefined)
  const { app } = await testService({ access: { findOpenProject } as unknown as ServiceOptions['access'] })
  await using _ = app
  app.get('/data', { config: { scope: 'read' } }, async (request) => request.project.name)
  const ask = (project: string) => app.inject({ url: '/data', headers: { 'skillwatch-project': project } })
  expect((await ask('B%C3%BCro%208')).body).toBe('Büro 8')
  const other = await ask('team')
  expect(other.json()).toMatchObject({ status: 403, type: '/problems/wrong-project' })
  expect(other.json().detail).toMatch(/send a key of that project, or make it/)
})

test('health reports whether work can be taken, whatever Host the request names', async () => {
  let reasons: string[] = []
  const { app } = await testService({ ready: () => reasons })
  await using _ = app
  const probe = { url: '/health/ready', headers: { host: 'pod-17' } }
  expect((await app.inject(probe)).json()).toEqual({ status: 'ok' })
  reasons = ['the disk is full']
  expect((await app.inject(probe)).statusCode).toBe(503)
  expect((await app.inject(probe)).json()).toEqual({ status: 'not-ready', reasons: ['the disk is full'] })
  expect((await app.inject('/health/live')).statusCode).toBe(200)
})

test('/health/live names service, process and database to callers on this machine', async () => {
  const { app } = await testService({ startedBy: 'docker compose' })
  await using _ = app
  const { pid, ppid } = process
  const known = { status: 'ok', service: 'ws-gateway', version: VERSION, started_by: 'docker compose' }
  const local = { ...known, pid, parent_pid: ppid, database: '/data/test.db' }
  const ask = async (headers = {}) => (await app.inject({ url: '/health/live', headers })).json()
  expect(await ask()).toEqual(local)
  expect(await ask({ host: '127.0.0.1:8765' })).toEqual(local)
  expect(await ask({ 'x-forwarded-for': '203.0.113.7' })).toEqual(known)
  expect(await ask({ host: 'evil.example' })).toEqual({ status: 'ok' })
})

test('/health/live of a service that others can reach names no process and no path', async () => {
  const { app } = await testService({
    host: '0.0.0.0',
    access: { mode: 'allow' } as ServiceOptions['access'],
  })
  await using _ = app
  const known = { status: 'ok', service: 'ws-gateway', version: VERSION }
  expect((await app.inject('/health/live')).json()).toEqual(known)
})

test('requests are measured by route pattern, and unknown addresses make one series', async () => {
  const { app } = await testService()
  await using _ = app
  app.get('/things/:id', none, async () => 'one')
  for (const url of ['/things/1', '/things/2', '/nothing', '/nowhere']) await app.inject(url)
  const text = (await app.inject('/metrics')).body
  const count = 'skillwatch_ws_gateway_http_request_duration_seconds_count'
  expect(text).toContain(`${count}{method="GET",route="/things/:id",status="200"} 2`)
  expect(text).toContain(`${count}{method="any",route="none",status="404"} 2`)
  expect(text).toContain('process_resident_memory_bytes')
})

test('a listed browser origin may ask first and read the answer', async () => {
  const allowedOrigins = ['https://dashboard.example']
  const { app } = await testService({ access: { allowedOrigins } as unknown as ServiceOptions['access'] })
  await using _ = app
  app.get('/data', { config: { scope: 'read' } }, async () => 'data')
  const headers = { origin: 'https://dashboard.example', 'access-control-request-method': 'GET' }
  const preflight = await app.inject({ method: 'OPTIONS', url: '/data', headers })
  expect(preflight.statusCode).toBe(204)
  expect(preflight.headers).toMatchObject({ 'access-control-allow-origin': 'https://dashboard.example' })
  expect(preflight.headers['access-control-allow-headers']).toContain('skillwatch-project')
  expect(preflight.headers).toMatchObject({
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-max-age': '600',
    vary: 'Origin',
  })
  const reply = await app.inject({ url: '/data', headers: { origin: 'https://dashboard.example' } })
  expect(reply.headers).toMatchObject({
    'access-control-allow-origin': 'https://dashboard.example',
    'access-control-expose-headers': 'retry-after, skillwatch-version, x-request-id',
    vary: 'Origin',
  })
})

test('a preflight needs no key, and the request after it does', async () => {
  const access = { mode: 'deny', allowedOrigins: ['https://dashboard.example'], hasKeys: () => true }
  const { app } = await testService({ access: access as unknown as ServiceOptions['access'] })
  await using _ = app
  app.get('/data', { config: { scope: 'read' } }, async () => 'data')
  const origin = 'https://dashboard.example'
  const headers = { origin, 'access-control-request-method': 'GET' }
  expect((await app.inject({ method: 'OPTIONS', url: '/data', headers })).statusCode).toBe(204)
  const refused = await app.inject({ url: '/data', headers: { origin } })
  expect(refused.statusCode).toBe(401)
  // Without it, a page could not read why it was refused.
  expect(refused.headers['access-control-allow-origin']).toBe(origin)
})

test.each([
  ['https://dashboard.example', 'https://evil.example', '127.0.0.1:8765', 403],
  ['*', 'https://evil.example', '127.0.0.1:8765', 403],
  ['https://dashboard.example', 'https://dashboard.example', 'evil.example', 421],
])(
  'where %s is listed, a preflight of %s to Host %s is answered %i',
  async (listed, origin, host, status) => {
    const access = { allowedOrigins: [listed] } as unknown as ServiceOptions['access']
    const { app } = await testService({ access })
    await using _ = app
    app.get('/data', { config: { scope: 'read' } }, async () => 'data')
    const headers = { origin, host, 'access-control-request-method': 'GET' }
    for (const method of ['OPTIONS', 'GET'] as const) {
      const reply = await app.inject({ method, url: '/data', headers })
      expect([reply.statusCode, reply.json().status]).toEqual([status, status])
      expect(reply.headers['access-control-allow-origin']).toBeUndefined()
    }
  },
)

test("the service's own pages get no permission that other origins need", async () => {
  const access = { allowedOrigins: ['https://dashboard.example'] } as unknown as ServiceOptions['access']
  const { app } = await testService({ access })
  await using _ = app
  app.get('/data', { config: { scope: 'read' } }, async () => 'data')
  const headers = { host: '127.0.0.1:8765', origin: 'http://127.0.0.1:8765' }
  const reply = await app.inject({ url: '/data', headers })
  expect([reply.statusCode, reply.headers['access-control-allow-origin']]).toEqual([200, undefined])
})

test('the page of the documents carries the name of the service, in title and header', async () => {
  const { app } = await testService({ openapi: { title: 'Skillwatch test', description: 'A service.' } })
  await using _ = app
  expect((await app.inject('/docs')).body).toContain('<title>Skillwatch test API</title>')
  const script = (await app.inject('/docs/static/swagger-initializer.js')).body
  const [, image] = /data:image\/svg\+xml;base64,([\w+/=]+)/.exec(script)!
  expect(Buffer.from(image!, 'base64').toString()).toContain('>Skillwatch test</text>')
})

test('the documents are served without the network', async () => {
  const { app } = await testService()
  await using _ = app
  app.get('/data', { config: { scope: 'read' }, schema: { summary: 'Data' } }, async () => 'data')
  const document = (await app.inject('/openapi.json')).json()
  expect(document.paths['/data'].get).toMatchObject({ security: [{ api_key: [] }] })
  const page = await app.inject('/docs')
  expect(page.statusCode).toBe(200)
  const links = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!)
  expect(links.length).toBeGreaterThan(3)
  for (const link of links) expect((await app.inject(link)).statusCode, link).toBe(200)
})

test('secrets do not reach the log', async () => {
  const { app, log } = await testService()
  await using _ = app
  app.log.info(
    { authorization: 'hunter2', headers: { cookie: 'hunter2' }, key: { made: { api_key: 'hunter2' } } },
    'hello',
  )
  expect(log()).toMatch(/hello/)
  app.log.info({ authorization: 'hunter2', req: { headers: { authorization: 'hunter2' } } }, 'again')
  expect(log()).not.toContain('hunter2')
})

test('a request that never ends does not keep the service from closing', async () => {
  const { app } = await testService()
  app.post('/slow', none, async (request) => request.body)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  const arrived = new Promise((resolve) => app.server.once('request', resolve))
  socket.write(
    [
      'POST /slow HTTP/1.1',
      'host: localhost',
      'content-type: application/json',
      'content-length: 100',
      '',
      '{',
    ].join('\r\n'),
  )
  await arrived
  const closed = once(socket.resume(), 'close')
  await app.close()
  await closed
})

test('a request in progress when the service closes is answered, and its connection then ends', async () => {
  const { app } = await testService()
  const arrived = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  app.get('/work', none, async () => {
    arrived.resolve()
    await go.promise
    return 'done'
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const reply = fetch(`http://127.0.0.1:${port}/work`)
  await arrived.promise
  const closed = app.close()
  await until(() => !app.server.listening)
  go.resolve()
  expect((await reply).headers.get('connection')).toBe('close')
  expect(await (await reply).text()).toBe('done')
  await closed
})

test('what a service has no use for is not loaded', async () => {
  const { app } = await testService()
  await using _ = app
  await app.ready()
  const loaded = Object.keys(createRequire(import.meta.url).cache)
  expect(loaded.filter((path) => path.includes('/node_modules/fastify/'))).not.toEqual([])
  expect(loaded.filter((path) => /\/node_modules\/(@fastify\/ajv-compiler|ajv)\//.test(path))).toEqual([])
})
