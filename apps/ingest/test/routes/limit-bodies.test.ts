import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { largestBodyBytes } from '../../src/routes/limit-bodies.ts'
import { testApp } from '../support.ts'

test.each([
  [{ 'content-length': '400' }, 400],
  [{ 'content-length': '4000000' }, 1_000_000],
  [{ 'content-length': '100', 'content-encoding': 'gzip' }, 103_200],
  [{ 'content-length': '100000', 'content-encoding': 'gzip' }, 1_000_000],
  [{ 'transfer-encoding': 'chunked' }, 1_000_000],
  [{ 'content-length': '0' }, 0],
  [{}, 0],
])('a body announced by %j takes at most %d bytes', (headers, bytes) => {
  expect(largestBodyBytes(headers, 1_000_000)).toBe(bytes)
})

test('the bodies of all routes share one limit, and requests without a body do not need it', async () => {
  const env = { INGEST_BODY_LIMIT_BYTES: '1000', INGEST_BODIES_LIMIT_BYTES: '3000' }
  await using ingest = await testApp({ env })
  await ingest.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = ingest.app.server.address() as AddressInfo

  /** A request whose body is never sent. */
  const begin = async (path: string) => {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const headers = ['Host: 127.0.0.1', 'Content-Type: application/json', 'Content-Length: 1000']
    socket.write([`POST ${path} HTTP/1.1`, ...headers, '', ''].join('\r\n'))
    return socket
  }
  const under = await Promise.all(['/v1/invocations', '/v1/logs', '/v1/hooks/claude-code'].map(begin))
  const post = async (path: string) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body: '[]' })
    await response.text()
    return response.status
  }
  const ways = ['/v1/invocations', '/v1/traces', '/v1/hooks/claude-code', '/v1/keys']
  for (const way of ways) await until(async () => (await post(way)) === 503)
  expect((await fetch(`http://127.0.0.1:${port}/v1/stream`)).status).toBe(200)

  for (const socket of under) socket.destroy()
  await until(async () => (await post('/v1/invocations')) === 200)
})
