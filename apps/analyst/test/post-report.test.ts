import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FindingsReport } from '@skillwatch/schema'
import { freePort } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { PostError, postReport } from '../src/post-report.ts'

const REPORT: FindingsReport = {
  ...{ type: 'anomaly', since: '2026-11-01T00:00:00.000Z', until: '2026-11-22T12:00:00.000Z' },
  findings: [],
}

async function errorOf(ingestUrl: string): Promise<unknown> {
  const { signal } = new AbortController()
  return postReport({ ingestUrl, project: 'default', apiKey: undefined }, REPORT, signal).catch(
    (error: unknown) => error,
  )
}

/** What happens when a server answers a report like this. */
async function errorAfter(status: number, body: string): Promise<unknown> {
  const server = createServer((_, response) => response.writeHead(status, { connection: 'close' }).end(body))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await errorOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.close()
  }
}

test('an ingest that does not answer may answer later', async () => {
  const error = await errorOf(`http://127.0.0.1:${await freePort()}`)
  expect(error).toBeInstanceOf(PostError)
  expect(error).toMatchObject({ isTemporary: true, message: expect.stringContaining('does not answer at') })
})

test.each([
  [503, true],
  [429, true],
  [422, false],
  [404, false],
])('the answer %i is temporary: %s', async (status, isTemporary) => {
  const error = await errorAfter(status, '{"detail":"the reason"}')
  expect(error).toMatchObject({ isTemporary, message: expect.stringContaining('the reason') })
})

test('an answer about the key names the variable that sets it', async () => {
  const error = await errorAfter(401, '')
  expect(error).toMatchObject({ isTemporary: false, message: expect.stringContaining('ANALYST_API_KEYS') })
})

test.each(['hello', '{"status":"ok"}'])(
  'a program that is not ingest is named as such (%s)',
  async (body) => {
    const error = await errorAfter(200, body)
    expect(error).toMatchObject({ isTemporary: false, message: expect.stringContaining('is not ingest') })
  },
)
