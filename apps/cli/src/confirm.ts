import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { CommandContext } from './context.ts'
import { CliError } from './errors.ts'

/**
 * Asks a yes-or-no question. Only `y` and `yes` mean yes; the end of the input means no.
 * @throws {CliError} (usage) when standard input is not a terminal; an AbortError on Ctrl-C
 */
export async function confirm(
  { stdin, stderr, signal }: CommandContext,
  question: string,
): Promise<boolean> {
  if (!stdin?.isTTY) {
    throw new CliError(
      'cannot ask for confirmation, as standard input is not a terminal: add --yes if you are sure.',
      { exitCode: 2 },
    )
  }
  // Without `output`: with it readline would handle the echo of the terminal itself, and with it Ctrl-C.
  const lines = createInterface({ input: stdin })
  stderr.write(`${question} [y/N] `)
  try {
    const line = once(lines, 'line', { signal })
    const [answer] = (await Promise.race([line, once(lines, 'close', { signal })])) as [string?]
    return /^\s*y(es)?\s*$/i.test(answer ?? '')
  } finally {
    lines.close()
  }
}
