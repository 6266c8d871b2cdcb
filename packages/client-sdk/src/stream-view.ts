import type { Change, ServerMessage, StreamPosition } from '@skillwatch/schema'
import { StreamGapError, StreamRefusedError } from './stream-errors.ts'

export type StreamEvent =
  /** A subscription begins, the first time and after each reconnect. `recovered: false`: the position asked for is gone, changes were missed. */
  | { type: 'subscribed'; epoch: string; offset: number; recovered: boolean }
  /** All changes from `from` to `to`, both included, that pass the filter; `from` follows the previous `to`. */
  | { type: 'changes'; epoch: string; from: number; to: number; items: Change[] }
  /** The replay is done; what follows happens now. */
  | { type: 'caught_up'; epoch: string; offset: number }
  /** The connection is lost; the stream comes back by itself after `retryInMs`. */
  | { type: 'disconnected'; reason: string; retryInMs: number }

/**
 * Where a subscription stands, and what its reader is to be told.
 * @param position of the last change seen, undefined before the first `subscribed` where none was asked for
 * @throws {StreamGapError} when ranges do not meet   @throws {StreamRefusedError} when the server will not serve the subscription
 */
export function applyMessage(
  position: StreamPosition | undefined,
  message: ServerMessage,
): { position: StreamPosition | undefined; event?: StreamEvent } {
  switch (message.type) {
    case 'subscribed': {
      const { epoch, offset } = message
      // Offsets of another log say nothing about this one.
      const recovered = message.recovered && (position === undefined || position.epoch === epoch)
      if (recovered && position) expectOffset(position.offset, offset)
      return { position: { epoch, offset }, event: { type: 'subscribed', epoch, offset, recovered } }
    }
    case 'changes': {
      const { from, to, items } = message
      const { epoch, offset } = subscribed(position, message.type)
      expectOffset(offset + 1, from)
      return { position: { epoch, offset: to }, event: { type: 'changes', epoch, from, to, items } }
    }
    case 'caught_up': {
      const { epoch, offset } = subscribed(position, message.type)
      expectOffset(offset, message.offset)
      return { position, event: { type: 'caught_up', epoch, offset } as StreamEvent }
    }
    case 'error':
      throw new StreamRefusedError(message.code, message.message)
    case 'unsubscribed':
      throw new StreamRefusedError(message.type, 'the server ended the subscription')
    case 'hello':
    case 'metrics':
    case 'pong':
      return { position }
    default:
      // A newer server may say more; what it says besides is not about this subscription.
      message satisfies never
      return { position }
  }
}

function expectOffset(expected: number, received: number): void {
  if (received !== expected) throw new StreamGapError(expected, received)
}

function subscribed(position: StreamPosition | undefined, type: string): StreamPosition {
  if (position === undefined) throw new StreamRefusedError(type, 'the server sent it before `subscribed`')
  return position
}
