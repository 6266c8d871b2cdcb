import type { ProblemDetails } from '@skillwatch/schema'

/** The gateway refused a read or did not answer. */
export class ReadError extends Error {
  override readonly name = 'ReadError'
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined
  /** What the gateway says is wrong (RFC 9457), when it said so. */
  readonly problem: ProblemDetails | undefined

  constructor(
    message: string,
    options: { status?: number; problem?: ProblemDetails | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.status = options.status
    this.problem = options.problem
  }
}
