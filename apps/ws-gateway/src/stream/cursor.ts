/** How long a filtered subscription hears nothing before it is told how far the log has come. */
const PROGRESS_MS = 1_000

/** Offsets from `from` to `to`, both included. */
export interface Range {
  readonly from: number
  readonly to: number
}

/**
 * Where a subscription stands. What it was told ends at `toldTo`; what was looked at, match or not, ends at `scannedTo`.
 * Every range that is told begins at `toldTo` + 1, which is what makes consecutive ranges meet.
 */
export interface Cursor {
  /** `live`: gets what happens now. `replaying`: reads the log at its own pace until it has caught up. */
  readonly phase: 'live' | 'replaying'
  readonly toldTo: number
  readonly scannedTo: number
  readonly toldAtMs: number
}

/** A cursor and what to tell the client: a range, and whether it is live from here on. */
export interface CursorStep {
  readonly cursor: Cursor
  readonly range?: Range
  readonly caughtUp?: true
}

/** @param offset the last offset that is not wanted */
export function openCursor(offset: number, phase: Cursor['phase'], nowMs: number): Cursor {
  return { phase, toldTo: offset, scannedTo: offset, toldAtMs: nowMs }
}

/** The log was looked at up to `scannedTo` and `matchCount` changes of it are wanted. Without any, nothing is told yet. */
export function scan(cursor: Cursor, scannedTo: number, matchCount: number, nowMs: number): CursorStep {
  const scanned = { ...cursor, scannedTo }
  return matchCount > 0 ? tell(scanned, nowMs) : { cursor: scanned }
}

/** Time passes: what was passed over without a match is told once a second, empty. */
export function progress(cursor: Cursor, nowMs: number): CursorStep {
  const due = cursor.toldTo < cursor.scannedTo && nowMs - cursor.toldAtMs >= PROGRESS_MS
  return due ? tell(cursor, nowMs) : { cursor }
}

/** A replaying cursor that has reached the head becomes live; what it passed over is told first. */
export function catchUp(cursor: Cursor, head: number, nowMs: number): CursorStep {
  if (cursor.phase === 'live' || cursor.scannedTo < head) return { cursor }
  const step: CursorStep = cursor.toldTo < cursor.scannedTo ? tell(cursor, nowMs) : { cursor }
  return { ...step, cursor: { ...step.cursor, phase: 'live' }, caughtUp: true }
}

/** The client could not take what happened now: from here on it reads the log at its own pace. */
export function fallBehind(cursor: Cursor): Cursor {
  return { ...cursor, phase: 'replaying' }
}

/** Whether nothing is left to be told until something new happens. */
export function isSettled(cursor: Cursor): boolean {
  return cursor.phase === 'live' && cursor.toldTo === cursor.scannedTo
}

function tell(cursor: Cursor, nowMs: number): CursorStep & { range: Range } {
  const range = { from: cursor.toldTo + 1, to: cursor.scannedTo }
  return { cursor: { ...cursor, toldTo: cursor.scannedTo, toldAtMs: nowMs }, range }
}
