/** The gateway refused a read or did not answer. */
export class ReadError extends Error {
  override readonly name = 'ReadError'
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined

  constructor(message: string, status?: number, cause?: unknown) {
    super(message, { cause })
    this.status = status
  }
}
