import { streamChanges } from '@skillwatch/client'
import type { Invocation, StreamFilter } from '@skillwatch/schema'
import { expectOrdered, type Follower } from './follower.ts'

/**
 * A follower with `@skillwatch/client`. The client does not expose its connection, so `cut` closes the
 * socket below it.
 */
export function followWithSdk(gatewayUrl: string, filter?: StreamFilter): Follower {
  const stop = new AbortController()
  const sockets: WebSocket[] = []
  class TrackedWebSocket extends WebSocket {
    constructor(...parameters: ConstructorParameters<typeof WebSocket>) {
      super(...parameters)
      sockets.push(this)
    }
  }
  const invocations = new Map<string, Invocation>()
  const state = {
    filter,
    invocations,
    offset: 0,
    disconnects: 0,
    failure: undefined as Error | undefined,
    isSubscribed: false,
    cut: () => sockets.at(-1)?.close(),
    [Symbol.dispose]: () => stop.abort(),
  }
  const read = async () => {
    const events = streamChanges({
      url: gatewayUrl,
      filter,
      from: 'start',
      signal: stop.signal,
      backoff: { delayMs: 10, delayMsMax: 200 },
      WebSocket: TrackedWebSocket,
    })
    for await (const event of events) {
      if (event.type === 'disconnected') {
        state.disconnects += 1
        state.isSubscribed = false
      } else if (event.type === 'subscribed') {
        if (!event.recovered) throw new Error('a resume within the log was not recovered')
        if (event.offset !== state.offset)
          throw new Error(`subscribed at ${event.offset}, expected ${state.offset}`)
        state.isSubscribed = true
      } else if (event.type === 'changes') {
        if (event.from !== state.offset + 1)
          throw new Error(`range ${event.from} does not follow ${state.offset}`)
        expectOrdered(event.items, event.from, event.to)
        for (const change of event.items) {
          if (change.op === 'delete') invocations.delete(change.invocation_id)
          else invocations.set(change.invocation.invocation_id, change.invocation)
        }
        state.offset = event.to
      }
    }
  }
  read().catch((error: Error) => {
    state.failure = error
  })
  return state
}
