import type { Writer } from '../sqlite/open.ts'
import type { WriterPort } from './commands.ts'
import { Recorder } from './recorder.ts'
import type { RecorderOptions } from './recorder-options.ts'
import { createWriterCommands } from './writer-commands.ts'

/**
 * A recorder that writes in this thread, for programs that have a writer of their own and nothing that must
 * not wait.
 * @param writer stays open when the recorder is closed
 */
export function createRecorder(writer: Writer, options: RecorderOptions): Recorder {
  return new Recorder(sameThreadPort(writer), options)
}

function sameThreadPort(writer: Writer): WriterPort {
  const commands = createWriterCommands(writer)
  let last: Promise<unknown> = Promise.resolve()
  return {
    path: writer.path,
    // One command after the other, as in the writer's thread.
    call(command, ...parameters) {
      // The signatures of command and parameters belong together, which TypeScript cannot see here.
      const run = commands[command] as (...all: unknown[]) => Promise<never>
      const result = last.then(() => run(...parameters))
      last = result.catch(() => undefined)
      return result
    },
    close: async () => {
      await last
    },
  }
}
