/**
 * Observations could not be sent. Those that the server accepted before the error stay stored; sending all
 * of them again is safe.
 */
export class SendError extends Error {
  override readonly name = 'SendError'
  /** `refused`: the server refuses this request and would again; `unreachable`: no attempt got an answer. */
  readonly kind: 'refused' | 'unreachable'
  /** HTTP status of the last answer, when there was one. */
  readonly status: number | undefined

  constructor(
    kind: 'refused' | 'unreachable',
    message: string,
    options: { status?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.kind = kind
    this.status = options.status
  }
}
