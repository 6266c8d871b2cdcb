import { createTwoFilesPatch } from 'diff'
import { type CommandContext, print } from '../context.ts'

/** Prints a change as `diff -u` does. Undefined means that there is no file. */
export function printDiff(
  context: CommandContext,
  path: string,
  before: string | undefined,
  after: string | undefined,
): void {
  const [from, to] = [before === undefined ? '/dev/null' : path, after === undefined ? '/dev/null' : path]
  const patch = createTwoFilesPatch(from, to, before ?? '', after ?? '', '', '', { context: 2 })
  const lines = patch.split('\n').filter((line) => !/^(=|Index: |$)/.test(line))
  for (const line of lines) print(context, coloured(context, line))
}

function coloured({ paint }: CommandContext, line: string): string {
  if (/^(\+\+\+|---)/.test(line)) return paint.stdout('bold', line)
  return line.startsWith('+')
    ? paint.stdout('green', line)
    : line.startsWith('-')
      ? paint.stdout('red', line)
      : line
}
