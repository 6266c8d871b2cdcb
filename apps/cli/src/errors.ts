/** An error with a message that says what to do. It is printed without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError'
  /** 1: the command failed; 2: the command line is wrong. */
  readonly exitCode: 1 | 2

  constructor(message: string, options: { exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.exitCode = options.exitCode ?? 1
  }
}
