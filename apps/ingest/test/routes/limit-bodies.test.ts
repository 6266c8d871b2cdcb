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

test('all ways in share one budget, and what has no body needs none of it', async () => {
  const env = { INGEST_BODY_LIMIT_BYTES: '1000', INGEST_BODIES_LIMIT_BYTES: '3000' }
  await using ingest = await testApp({ env })
  await ingest.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = ingest.app.server.address() as AddressInfo

  /** A request whose body does not come. */
  const begin = async (path: string) => {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n`,
    )
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
