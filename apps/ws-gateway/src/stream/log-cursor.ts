/**
 * After this time without a match a filtered subscription is sent an empty range: how far the log has grown.
 */
const PROGRESS_MS = 1_000

/** Offsets from `from` to `to`, both included. */
export interface OffsetRange {
  readonly from: number
  readonly to: number
}

/**
 * The place of a subscription in the log. The ranges that were sent end at `sentTo`; the changes that were
 * examined, matching or not, end at `scannedTo`. Every range begins at `sentTo` + 1, so consecutive ranges
 * meet.
 */
export interface LogCursor {
  /** `live`: is sent new changes at once. `replaying`: reads the log at its own pace up to the head. */
  readonly phase: 'live' | 'replaying'
  readonly sentTo: number
  readonly scannedTo: number
  readonly sentAtMs: number
}

/** The next cursor and what to send: a range, and whether the subscription is live now. */
export interface CursorStep {
  readonly cursor: LogCursor
  readonly range?: OffsetRange
  readonly caughtUp?: true
}

/** @param offset the last offset that is not wanted */
export function openCursor(offset: number, phase: LogCursor['phase'], nowMs: number): LogCursor {
  return { phase, sentTo: offset, scannedTo: offset, sentAtMs: nowMs }
}

/** The log was examined up to `scannedTo`. Without a match nothing is sent yet. */
export function scan(cursor: LogCursor, scannedTo: number, matchCount: number, nowMs: number): CursorStep {
  const scanned = { ...cursor, scannedTo }
  return matchCount > 0 ? sendRange(scanned, nowMs) : { cursor: scanned }
}

/** Offsets that were examined without a match are sent as an empty range once a second. */
export function progress(cursor: LogCursor, nowMs: number): CursorStep {
  const isDue = cursor.sentTo < cursor.scannedTo && nowMs - cursor.sentAtMs >= PROGRESS_MS
  return isDue ? sendRange(cursor, nowMs) : { cursor }
}

/** A replaying cursor at the head becomes live; offsets without a match are sent before. */
export function catchUp(cursor: LogCursor, head: number, nowMs: number): CursorStep {
  if (cursor.phase === 'live' || cursor.scannedTo < head) return { cursor }
  const step: CursorStep = cursor.sentTo < cursor.scannedTo ? sendRange(cursor, nowMs) : { cursor }
  return { ...step, cursor: { ...step.cursor, phase: 'live' }, caughtUp: true }
}

/** The client had no room for new changes: from now on it reads the log at its own pace. */
export function fallBehind(cursor: LogCursor): LogCursor {
  return { ...cursor, phase: 'replaying' }
}

/** Whether there is nothing to send until the log grows. */
export function isSettled(cursor: LogCursor): boolean {
  return cursor.phase === 'live' && cursor.sentTo === cursor.scannedTo
}

function sendRange(cursor: LogCursor, nowMs: number): CursorStep & { range: OffsetRange } {
  const range = { from: cursor.sentTo + 1, to: cursor.scannedTo }
  return { cursor: { ...cursor, sentTo: cursor.scannedTo, sentAtMs: nowMs }, range }
}
