/** A piece of the spool: it may go when nothing in it is needed any more. */
export interface SpoolSegment {
  /** Lines whose delivery is still open. */
  pending: number
  /** Holds lines that are nowhere else: it stays for a replay. */
  keep: boolean
}

/** A copy on disk of what waits in memory. */
export interface Spool {
  /** Writes at once. @returns where the lines are, or undefined when there is no room @throws the file system's error */
  write(lines: readonly string[]): SpoolSegment | undefined
  /** A line of the segment is safe elsewhere. */
  settle(segment: SpoolSegment): void
  /** Lets go of segments that are kept for a replay. */
  release(): void
  /**
   * Hands over what no living process owns.
   * @returns when to look again, in milliseconds, as somebody owns something who may be dead by then
   * @throws what `send` throws, and the file system's errors
   */
  replay(send: (lines: string[]) => Promise<void>, signal: AbortSignal): Promise<number | undefined>
  /** Lets go of everything; what is still pending stays for a replay by anyone. */
  close(): void
}
