import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { CommandContext } from './context.ts'
import { CliError } from './errors.ts'

/**
 * Asks a person for a yes; anything else, also the end of the input, is a no.
 * @throws {CliError} (usage) when there is nobody to ask; an AbortError on Ctrl-C
 */
export async function confirm(
  { stdin, stderr, signal }: CommandContext,
  question: string,
): Promise<boolean> {
  if (!stdin?.isTTY) {
    throw new CliError('nobody can be asked here: say --yes when you are sure.', { exitCode: 2 })
  }
  // No `output`: readline would take the terminal's echo over, and with it Ctrl-C.
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
