/** The part of `WebSocket` that is used here; the global one and that of `ws` fit. */
export type WebSocketConstructor = new (url: string, subprotocol: string) => WebSocketLike

export interface WebSocketLike {
  readonly readyState: number
  readonly CONNECTING: number
  readonly OPEN: number
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  send(text: string): void
  close(): void
}

/** @throws {TypeError} where there is none */
export function globalWebSocket(): WebSocketConstructor {
  if (globalThis.WebSocket !== undefined) return globalThis.WebSocket
  throw new TypeError(
    'there is no global WebSocket here: pass one in the option WebSocket, such as that of ws',
  )
}

/** @param project named in the address, as neither browsers nor Node's WebSocket can set headers */
export function webSocketUrl(url: string, project: string | undefined): string {
  const address = new URL(url)
  address.protocol = address.protocol.replace(/^http/, 'ws')
  if (project !== undefined) address.searchParams.set('project', project)
  return address.href
}
