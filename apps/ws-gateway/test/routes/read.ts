import type { TestGateway } from '../support/gateway.ts'

export interface Answer {
  status: number
  type: string | null
  body: Record<string, unknown> & { items?: Record<string, unknown>[] }
}

/** The response to a GET on the gateway. */
export async function get(
  gateway: TestGateway,
  path: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`, { headers })
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: (await response.json()) as Answer['body'],
  }
}
