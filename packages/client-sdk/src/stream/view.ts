import type {
  Change,
  FindingChange,
  ServerMessage,
  StreamEntity,
  StreamPosition,
  TurnChange,
  UseChange,
} from '@skillwatch/schema'
import { StreamGapError, StreamRefusedError } from './stream-errors.ts'

/** A change of an entity. */
export type ChangeOf<Entity extends StreamEntity> = {
  invocation: Change
  use: UseChange
  turn: TurnChange
  finding: FindingChange
}[Entity]

export type StreamEvent<Item = Change> =
  /**
   * A subscription begins, at first and after each reconnect. `recovered: false`: the server no longer has
   * the changes after the requested position, so changes were missed.
   */
  | { type: 'subscribed'; epoch: string; offset: number; recovered: boolean }
  /**
   * All changes from `from` to `to`, both included, that pass the filter; `from` follows the previous `to`.
   */
  | { type: 'changes'; epoch: string; from: number; to: number; items: Item[] }
  /** All changes up to now have been sent; later ones follow as they are committed. */
  | { type: 'caught_up'; epoch: string; offset: number }
  /** The connection is lost; the stream reconnects by itself after `retryInMs`. */
  | { type: 'disconnected'; reason: string; retryInMs: number }

/**
 * The position after a message, and the event for the reader, if any.
 * @param position of the last change received; undefined before the first `subscribed` if no position was
 * requested
 * @throws {StreamGapError} when a range does not follow the one before
 * @throws {StreamRefusedError} when the server refuses or ends the subscription
 */
export function applyMessage(
  position: StreamPosition | undefined,
  message: ServerMessage,
): { position: StreamPosition | undefined; event?: StreamEvent<ChangeOf<StreamEntity>> } {
  switch (message.type) {
    case 'subscribed': {
      const { epoch, offset } = message
      // Offsets of another log cannot be compared with those of this one.
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
      // A newer server may send more types of messages; this subscription does not need them.
      message satisfies never
      return { position }
  }
}

function expectOffset(expected: number, received: number): void {
  if (received !== expected) throw new StreamGapError(expected, received)
}

function subscribed(position: StreamPosition | undefined, type: string): StreamPosition {
  if (position === undefined)
    throw new StreamRefusedError(type, 'the server sent this message before `subscribed`')
  return position
}
