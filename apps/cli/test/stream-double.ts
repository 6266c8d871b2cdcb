import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

export interface StreamDouble extends AsyncDisposable {
  readonly url: string
  /** The messages `subscribe` that were received. */
  readonly subscriptions: readonly Readonly<Record<string, unknown>>[]
}

/** A WebSocket server that stands for the gateway: it has these changes in its log, and no more follow. */
export async function startStreamDouble(
  items: readonly { readonly offset: number }[],
): Promise<StreamDouble> {
  const server = new WebSocketServer({
    ...{ host: '127.0.0.1', port: 0 },
    handleProtocols: (offered) => [...offered][0] ?? false,
  })
  await once(server, 'listening')
  const subscriptions: Record<string, unknown>[] = []
  const [epoch, offset] = ['e1', items.length]
  server.on('connection', (socket) => {
    const say = (message: object) => socket.send(JSON.stringify(message))
    say({ type: 'hello', epoch, offset, project: 'default', server_version: '0' })
    socket.on('message', (data) => {
      const message = JSON.parse(String(data))
      if (message.type !== 'subscribe') return
      subscriptions.push(message)
      const { id } = message
      say({ type: 'subscribed', id, epoch, offset: 0, recovered: true })
      if (offset > 0) say({ type: 'changes', id, from: 1, to: offset, items })
      say({ type: 'caught_up', id, offset })
    })
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    subscriptions,
    [Symbol.asyncDispose]: async () => {
      for (const socket of server.clients) socket.terminate()
      server.close()
      await once(server, 'close')
    },
  }
}
