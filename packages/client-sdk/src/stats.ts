/** What became of the observations; `recorded` is the sum of `sent`, `rejected`, `dropped`, `queued` and `leftOnDisk`. */
export interface ClientStats {
  /** Observations taken in. Start and end of a short call are one. */
  recorded: number
  /** Committed by the server, duplicates among them. */
  sent: number
  /** Refused by the server for what they say; trying again would not help. */
  rejected: number
  /** Lost: the queue was full, the observation could not be written as JSON, or the client was closed before the server took it. */
  dropped: number
  /** Waiting or under way. */
  queued: number
  /** Not in memory any more, or never: on disk for a replay, which then counts them as `replayed`. 0 without a spool. */
  leftOnDisk: number
  /** Requests that had to be tried again. */
  retried: number
  /** Observations that came from the disk and were committed, those of earlier processes among them. */
  replayed: number
  /** Observations that the spool did not take, as it was full or could not be written; they were kept in memory only. */
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
