/**
 * Counts of observations; `recorded` is the sum of `sent`, `rejected`, `dropped`, `queued` and
 * `leftOnDisk`.
 */
export interface ClientStats {
  /** Observations made by this client. Start and end of a short call count as one. */
  recorded: number
  /** Committed by the server, duplicates included. */
  sent: number
  /** Rejected by the server for their content; they are not sent again. */
  rejected: number
  /**
   * Lost: the queue was full, the observation could not be written as JSON, or the client was closed before
   * the server had committed it.
   */
  dropped: number
  /** Waiting, or in the request that is being sent. */
  queued: number
  /** On disk only. A replay sends them later and counts them as `replayed`. 0 without a spool. */
  leftOnDisk: number
  /** Requests that were sent again. */
  retried: number
  /** Observations read from the disk and committed, those of earlier processes included. */
  replayed: number
  /** Observations kept in memory only, as the spool was full or could not be written. */
  unspooled: number
}

export function emptyStats(): ClientStats {
  return {
    recorded: 0,
    sent: 0,
    rejected: 0,
    dropped: 0,
    queued: 0,
    leftOnDisk: 0,
    retried: 0,
    replayed: 0,
    unspooled: 0,
  }
}
