/** Bounds of the bytes that are sent to one client and not read by it yet. */
export interface BufferLimits {
  /** From here on the client is paused: it is sent no changes. */
  readonly pauseAtBytes: number
  /** A paused client is sent changes again when no more than this is unread. */
  readonly resumeAtBytes: number
  /** How far the unread bytes may exceed the largest message. Only unread replies lead beyond it. */
  readonly beyondMessageBytesMax: number
}

/** @param pauseAtBytes the bound from which the others follow */
export function bufferLimits(pauseAtBytes: number): BufferLimits {
  return {
    pauseAtBytes,
    resumeAtBytes: Math.floor(pauseAtBytes / 4),
    beyondMessageBytesMax: 4 * pauseAtBytes,
  }
}

/**
 * Whether the client may be sent another message, of any size. It resumes well below the bound at which it
 * is paused.
 */
export function hasRoom(bufferedBytes: number, isPaused: boolean, limits: BufferLimits): boolean {
  return isPaused ? bufferedBytes <= limits.resumeAtBytes : bufferedBytes < limits.pauseAtBytes
}

/**
 * Whether the client sends requests without reading the replies. One message alone, however large, never
 * overflows: a message is sent only below `pauseAtBytes`.
 */
export function isOverflowing(
  bufferedBytes: number,
  largestMessageBytes: number,
  limits: BufferLimits,
): boolean {
  return bufferedBytes >= largestMessageBytes + limits.beyondMessageBytesMax
}

/** How a paused client reads. */
export interface Drain {
  readonly bufferedBytes: number
  /** When fewer bytes were last found unread than before. */
  readonly progressAtMs: number
}

/** Another measurement of a paused client: fewer unread bytes than before are progress. */
export function observeDrain(previous: Drain | undefined, bufferedBytes: number, nowMs: number): Drain {
  if (previous === undefined || bufferedBytes < previous.bufferedBytes)
    return { bufferedBytes, progressAtMs: nowMs }
  return { bufferedBytes, progressAtMs: previous.progressAtMs }
}

/** Whether a paused client has read nothing for too long. */
export function isStalled(drain: Drain, nowMs: number, slowClientMs: number): boolean {
  return nowMs - drain.progressAtMs >= slowClientMs
}
