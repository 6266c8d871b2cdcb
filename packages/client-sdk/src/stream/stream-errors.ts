/**
 * The server skipped part of the change log, so changes are missing. Subscribe again from a known position.
 */
export class StreamGapError extends Error {
  override readonly name = 'StreamGapError'
  readonly expected: number
  readonly received: number

  constructor(expected: number, received: number) {
    const advice = `subscribe again from ${expected - 1}`
    super(`the stream has a gap: expected offset ${expected}, got ${received}; ${advice}`)
    this.expected = expected
    this.received = received
  }
}

/** The server refuses this stream, and would refuse it again after a reconnect. */
export class StreamRefusedError extends Error {
  override readonly name = 'StreamRefusedError'
  /** Close code, or the code of an `error` message. */
  readonly code: number | string

  constructor(code: number | string, reason: string) {
    super(`the stream was refused (${code}): ${reason}`)
    this.code = code
  }
}
