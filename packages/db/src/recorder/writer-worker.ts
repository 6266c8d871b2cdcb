import { parentPort, workerData } from 'node:worker_threads'
import { migrateUp } from '../migrate.ts'
import { openWriter, type Writer } from '../sqlite/open.ts'
import type { WriterCommands } from './commands.ts'
import { type Greeting, type Reply, type Request, toWireError, type WriterThreadData } from './messages.ts'
import { lowerThreadPriority } from './thread-priority.ts'
import { createWriterCommands } from './writer-commands.ts'

/**
 * The thread that writes: opens the database, then runs one command after the other until it
 * receives `close`.
 */

const port = parentPort!
const { databaseUrl, integrityCheck, nowMs } = workerData as WriterThreadData

function open(): Writer | undefined {
  let writer: Writer | undefined
  try {
    writer = openWriter(databaseUrl, { integrityCheck })
    const migrated = migrateUp(writer, nowMs).map(({ version, name }) => ({ version, name }))
    port.postMessage({ path: writer.path, migrated } satisfies Greeting)
    return writer
  } catch (error) {
    writer?.close()
    port.postMessage({ error: toWireError(error) } satisfies Greeting)
    return undefined
  }
}

async function answer(commands: WriterCommands, { id, command, parameters }: Request): Promise<Reply> {
  try {
    const run = commands[command as keyof WriterCommands] as (...all: unknown[]) => Promise<unknown>
    return { id, result: JSON.stringify(await run(...(JSON.parse(parameters) as unknown[]))) }
  } catch (error) {
    return { id, error: toWireError(error) }
  }
}

function serve(writer: Writer): void {
  const commands = createWriterCommands(writer)
  let last: Promise<void> = Promise.resolve()
  port.on('message', (request: Request | 'close') => {
    last = last.then(async () => {
      if (request !== 'close') return port.postMessage(await answer(commands, request))
      writer.close()
      port.close()
    })
  })
}

lowerThreadPriority()
const writer = open()
if (writer !== undefined) serve(writer)
