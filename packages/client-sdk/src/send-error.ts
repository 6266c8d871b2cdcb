/** Observations could not be handed over. What was accepted before it stays stored; sending all of them again is safe. */
export class SendError extends Error {
  override readonly name = 'SendError'
  /** `refused`: the server said no and would again; `unreachable`: no answer in all attempts. */
  readonly kind: 'refused' | 'unreachable'
  /** HTTP status of the last answer, when there was one. */
  readonly status: number | undefined

  constructor(
    kind: 'refused' | 'unreachable',
    message: string,
    options: { status?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.kind = kind
    this.status = options.status
  }
}
