import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import type { Observation, RecordReply } from '@skillwatch/schema'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'

interface Received {
  readonly observations: Observation[]
  readonly headers: FastifyRequest['headers']
}

/** Answers a request; a request that it does not answer is stored and answered by the double. */
export type Answer = (request: Received, reply: FastifyReply, index: number) => unknown

export interface IngestDouble extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly received: Received[]
  /** How often each id was stored. */
  readonly stored: Map<string, number>
}

/** A real HTTP server instead of ingest. It stores ids; `answer` may answer in other ways. */
export async function startIngestDouble(answer: Answer = () => undefined, port = 0): Promise<IngestDouble> {
  const received: Received[] = []
  const stored = new Map<string, number>()
  const app = Fastify({ bodyLimit: 64 * 1_048_576, forceCloseConnections: true })
  app.addContentTypeParser('application/x-ndjson', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
    done(
      null,
      bytes
        .toString()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    )
  })
  app.post('/v1/invocations', async (request, reply) => {
    const item: Received = { observations: request.body as Observation[], headers: request.headers }
    const index = received.push(item) - 1
    await answer(item, reply, index)
    return reply.sent ? reply : record(stored, item.observations)
  })
  await app.listen({ host: '127.0.0.1', port })
  const { port: actual } = app.server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${actual}`,
    port: actual,
    received,
    stored,
    async [Symbol.asyncDispose]() {
      const closed = once(app.server, 'close')
      await app.close()
      await closed
    },
  }
}

function record(stored: Map<string, number>, observations: readonly Observation[]): RecordReply {
  let accepted = 0
  for (const { invocation_id } of observations) {
    const count = stored.get(invocation_id!) ?? 0
    stored.set(invocation_id!, count + 1)
    if (count === 0) accepted += 1
  }
  return { accepted, duplicates: observations.length - accepted, rejected: [] }
}
