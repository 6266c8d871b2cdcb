/** What a person did or met, told in words that say what to do next; printed without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError'
  /** 1: the thing failed; 2: the command line was wrong. */
  readonly exitCode: 1 | 2

  constructor(message: string, options: { exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.exitCode = options.exitCode ?? 1
  }
}
