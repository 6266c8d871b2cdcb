/** Bounds of what waits for one client, in bytes. */
export interface DeliveryLimits {
  /** From here on the client is paused: it is sent nothing until it has read. */
  readonly pauseAtBytes: number
  /** Down to here a paused client must read before it is sent more. */
  readonly resumeAtBytes: number
  /** What no client may reach; replies to a client that never reads lead here. */
  readonly disconnectAtBytes: number
}

export type Delivery = 'send' | 'pause' | 'disconnect'

/** More than the largest single message, so that no message alone ends a connection. */
const MESSAGE_BYTES_MAX = 1_048_576

/** @param pauseAtBytes the bound the others are derived from */
export function deliveryLimits(pauseAtBytes: number): DeliveryLimits {
  const disconnectAtBytes = 4 * pauseAtBytes + MESSAGE_BYTES_MAX
  return { pauseAtBytes, resumeAtBytes: Math.floor(pauseAtBytes / 4), disconnectAtBytes }
}

/** What to do with a client that has so much unread. Pausing and resuming have different bounds, so it does not flutter. */
export function decideDelivery(bufferedBytes: number, paused: boolean, limits: DeliveryLimits): Delivery {
  if (bufferedBytes >= limits.disconnectAtBytes) return 'disconnect'
  const boundBytes = paused ? limits.resumeAtBytes + 1 : limits.pauseAtBytes
  return bufferedBytes >= boundBytes ? 'pause' : 'send'
}

/** How a paused client gets on with reading. */
export interface Drain {
  readonly bufferedBytes: number
  /** When it was last seen to have read something. */
  readonly progressAtMs: number
}

/** A look at a paused client: anything less in its buffer than before is progress. */
export function observeDrain(previous: Drain | undefined, bufferedBytes: number, nowMs: number): Drain {
  if (previous === undefined || bufferedBytes < previous.bufferedBytes)
    return { bufferedBytes, progressAtMs: nowMs }
  return { bufferedBytes, progressAtMs: previous.progressAtMs }
}

/** Whether a paused client has read nothing for too long. */
export function isStalled(drain: Drain, nowMs: number, slowClientMs: number): boolean {
  return nowMs - drain.progressAtMs >= slowClientMs
}
