import { Help } from 'commander'
import { type CommandContext, note } from '../context.ts'

/** Writes a line to stderr. On a terminal it is wrapped between words. */
export function noteWrapped(context: CommandContext, line: string): void {
  const { columns } = context.stderr
  note(context, columns === undefined ? line : new Help().boxWrap(line, columns))
}
