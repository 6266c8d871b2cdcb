import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import packageJson from '../package.json' with { type: 'json' }

export interface DoubleRequest {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly body: unknown
}

interface DoubleAnswer {
  readonly status?: number
  readonly body: unknown
}

export interface HttpDouble extends AsyncDisposable {
  readonly url: string
  readonly requests: readonly DoubleRequest[]
}

/**
 * An HTTP server that stands for a service and answers as the test decides.
 * @param version which version it says it is; null for a program that is not of Skillwatch
 */
export async function startHttpDouble(
  answer: (request: DoubleRequest, index: number) => DoubleAnswer,
  version: string | null = packageJson.version,
): Promise<HttpDouble> {
  const requests: DoubleRequest[] = []
  const server = createServer(async (incoming, response) => {
    const { method = '', url = '', headers } = incoming
    const body = headers['content-type'] === undefined ? undefined : await json(incoming)
    const request = { method, path: url, authorization: headers.authorization, body }
    const { status = 200, body: reply } = answer(request, requests.push(request) - 1)
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(version !== null && { 'skillwatch-version': version }),
      connection: 'close',
    })
    response.end(JSON.stringify(reply))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
