import { type ChangeLog, changesFrame } from './change-log.ts'
import type { CloseReason } from './client.ts'
import { type Cursor, type CursorStep, catchUp, fallBehind, progress, scan } from './cursor.ts'
import type { CompiledFilter } from './filter.ts'

/** Whom a subscription sends to. */
export interface Receiver {
  /** Whether there is room for another message; asking is what pauses and resumes a client. */
  isReady(): boolean
  send(message: Buffer): void
  close(reason: CloseReason): void
}

/** One subscription to changes. */
export interface Subscription {
  readonly id: string
  readonly filter: CompiledFilter
  readonly receiver: Receiver
  cursor: Cursor
}

/** Sends a live subscription what the last look at the log brought, or lets it fall behind when its client is paused. */
export function deliverLive(subscription: Subscription, log: ChangeLog, nowMs: number): void {
  while (subscription.cursor.scannedTo < log.head) {
    if (!subscription.receiver.isReady()) {
      subscription.cursor = fallBehind(subscription.cursor)
      return
    }
    deliverNext(subscription, log, nowMs)
  }
}

/** Sends a replaying subscription its next page, and `caught_up` when that was the last one. */
export function deliverReplay(subscription: Subscription, log: ChangeLog, nowMs: number): void {
  if (!subscription.receiver.isReady()) return
  deliverNext(subscription, log, nowMs)
  const step = catchUp(subscription.cursor, log.head, nowMs)
  apply(subscription, step)
  if (step.caughtUp) {
    const message = { type: 'caught_up', id: subscription.id, offset: subscription.cursor.toldTo }
    subscription.receiver.send(Buffer.from(JSON.stringify(message)))
  }
}

/** Tells a subscription whose filter lets nothing through how far the log has come, at most once a second. */
export function deliverProgress(subscription: Subscription, nowMs: number): void {
  const step = progress(subscription.cursor, nowMs)
  if (step.range && subscription.receiver.isReady()) apply(subscription, step)
}

function deliverNext(subscription: Subscription, log: ChangeLog, nowMs: number): void {
  const body = log.bodyAfter(subscription.cursor.scannedTo, subscription.filter)
  if (body === undefined) return
  const step = scan(subscription.cursor, body.to, body.count, nowMs)
  subscription.cursor = step.cursor
  if (step.range) subscription.receiver.send(log.frame(subscription.id, step.range, body))
}

/** Takes a step that carries no changes: its range, if any, is empty. */
function apply(subscription: Subscription, { cursor, range }: CursorStep): void {
  subscription.cursor = cursor
  if (range) subscription.receiver.send(changesFrame(subscription.id, range, ''))
}
