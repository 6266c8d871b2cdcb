import type { Writer } from '../sqlite/open.ts'
import type { WriterPort } from './commands.ts'
import { createWriterCommands } from './writer-commands.ts'

/** Runs the commands in this thread, on a writer that somebody else opened and closes. */
export function sameThreadPort(writer: Writer): WriterPort {
  const commands = createWriterCommands(writer)
  return {
    path: writer.path,
    // The signatures of command and parameters belong together, which TypeScript cannot see here.
    call: (command, ...parameters) =>
      (commands[command] as (...all: unknown[]) => Promise<never>)(...parameters),
    close: async () => {},
  }
}
