import type { ChangeLog } from './change-log.ts'
import { changesMessage } from './changes-message.ts'
import type { CompiledFilter } from './filter.ts'
import { type CursorStep, catchUp, fallBehind, type LogCursor, progress, scan } from './log-cursor.ts'
import type { Receiver } from './receiver.ts'

/** One subscription to changes. */
export interface Subscription {
  readonly id: string
  readonly filter: CompiledFilter
  readonly receiver: Receiver
  cursor: LogCursor
}

/** Sends new changes to a live subscription. It falls behind when its client is paused. */
export function sendLive(subscription: Subscription, log: ChangeLog, nowMs: number): void {
  while (subscription.cursor.scannedTo < log.head) {
    if (!subscription.receiver.isReady()) {
      subscription.cursor = fallBehind(subscription.cursor)
      return
    }
    sendNext(subscription, log, nowMs)
  }
}

/** Sends the next message of a replay, and `caught_up` when that was the last one. */
export function sendReplay(subscription: Subscription, log: ChangeLog, nowMs: number): void {
  if (!subscription.receiver.isReady()) return
  sendNext(subscription, log, nowMs)
  const step = catchUp(subscription.cursor, log.head, nowMs)
  applyWithoutItems(subscription, step)
  if (step.caughtUp) {
    const message = { type: 'caught_up', id: subscription.id, offset: subscription.cursor.sentTo }
    subscription.receiver.send(Buffer.from(JSON.stringify(message)))
  }
}

/** Sends an empty range, at most once a second, while no change matches. */
export function sendProgress(subscription: Subscription, nowMs: number): void {
  const step = progress(subscription.cursor, nowMs)
  if (step.range && subscription.receiver.isReady()) applyWithoutItems(subscription, step)
}

function sendNext(subscription: Subscription, log: ChangeLog, nowMs: number): void {
  const items = log.itemsAfter(subscription.cursor.scannedTo, subscription.filter)
  if (items === undefined) return
  const step = scan(subscription.cursor, items.to, items.count, nowMs)
  subscription.cursor = step.cursor
  if (step.range) subscription.receiver.send(log.message(subscription.id, step.range, items))
}

function applyWithoutItems(subscription: Subscription, { cursor, range }: CursorStep): void {
  subscription.cursor = cursor
  if (range) subscription.receiver.send(changesMessage(subscription.id, range, ''))
}
