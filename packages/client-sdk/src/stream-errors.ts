/** The server skipped part of the change log: what was received is not everything. Start again from a known position. */
export class StreamGapError extends Error {
  override readonly name = 'StreamGapError'
  readonly expected: number
  readonly received: number

  constructor(expected: number, received: number) {
    super(
      `the stream has a gap: offset ${expected} was due, ${received} came; subscribe again from ${expected - 1}`,
    )
    this.expected = expected
    this.received = received
  }
}

/** The server will not serve this stream; coming back would not help. */
export class StreamRefusedError extends Error {
  override readonly name = 'StreamRefusedError'
  /** Close code, or the code of an `error` message. */
  readonly code: number | string

  constructor(code: number | string, reason: string) {
    super(`the stream was refused (${code}): ${reason}`)
    this.code = code
  }
}
