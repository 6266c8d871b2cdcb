/** A piece of the spool. It is deleted when no line of it is needed any more. */
export interface SpoolSegment {
  /** Lines that the server has not answered for yet. */
  pending: number
  /** Contains lines that are not in memory: the segment stays until a replay has sent them. */
  keep: boolean
}

/** A copy on disk of the lines that wait in memory. */
export interface Spool {
  /**
   * Writes at once.
   * @returns the segment with the lines, or undefined when the spool is full
   * @throws the file system's error
   */
  write(lines: readonly string[]): SpoolSegment | undefined
  /** A line of the segment is committed, rejected or stored elsewhere, so the segment need not keep it. */
  settle(segment: SpoolSegment): void
  /** Gives up the segments that are kept for a replay, so that any process may replay them. */
  release(): void
  /**
   * Sends and deletes the segments that no living process owns.
   * @param warn called when lines cannot be read and were set aside
   * @returns when to try again, in milliseconds, if a segment has an owner that may be dead by then
   * @throws what `send` throws, and the file system's errors
   */
  replay(
    send: (lines: string[]) => Promise<void>,
    signal: AbortSignal,
    warn: (message: string) => void,
  ): Promise<number | undefined>
  /** Gives up all segments; any process may replay the lines that are still pending. */
  close(): void
}
