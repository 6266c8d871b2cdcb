import type { OwnEnvironment } from '../../stack.ts'
import type { Planted } from '../planted.ts'

export type Json = Record<string, unknown>

/** Everything a way in needs: where to send, and a folder outside of Skillwatch for what is read. */
export interface Source {
  readonly own: OwnEnvironment
  readonly planted: Planted
  readonly folder: string
}

/** Sends a body and tolerates any answer: some of them are refused, and a refusal must not leak either. */
export async function post(
  { own }: Source,
  path: string,
  body: unknown,
  type = 'application/json',
  headers: Record<string, string> = {},
): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${own.ports.ingest}${path}`, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body:
      body instanceof Uint8Array
        ? Buffer.from(body)
        : typeof body === 'string'
          ? body
          : JSON.stringify(body),
  })
  return await response.text()
}
