import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { WriterEndedError } from '../errors.ts'
import type { WriterPort } from './commands.ts'
import { fromWireError, type Greeting, type Reply, type Request, type WriterThreadData } from './messages.ts'

/** The writer's thread, and what it did when it opened the database. */
export interface WriterThread extends WriterPort {
  readonly migrated: Extract<Greeting, { path: string }>['migrated']
}

interface Pending {
  readonly resolve: (result: never) => void
  readonly reject: (error: Error) => void
}

/**
 * Starts the thread that writes: it opens the database, checks and migrates it.
 * @throws {DatabaseError} as `openWriter` and `migrateUp` do
 */
export async function startWriterThread(data: WriterThreadData): Promise<WriterThread> {
  const worker = new Worker(new URL('./writer-worker.ts', import.meta.url), { workerData: data })
  const [greeting] = (await once(worker, 'message')) as [Greeting]
  if ('error' in greeting) {
    await worker.terminate()
    throw fromWireError(greeting.error)
  }
  return new Thread(worker, greeting)
}

class Thread implements WriterThread {
  readonly path: string
  readonly migrated: WriterThread['migrated']
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  #nextId = 0
  #ended: WriterEndedError | undefined
  #isClosing = false

  constructor(worker: Worker, { path, migrated }: Extract<Greeting, { path: string }>) {
    this.path = path
    this.migrated = migrated
    this.#worker = worker
    worker.on('message', (reply: Reply) => this.#settle(reply))
    worker.on('error', (error) => this.#lose(error))
    worker.on('exit', (code) => this.#lose(new Error(`the writer's thread ended with code ${code}`)))
  }

  readonly call: WriterPort['call'] = (command, ...parameters) => {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    const id = this.#nextId++
    const request: Request = { id, command, parameters: JSON.stringify(parameters) }
    return new Promise<never>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#worker.postMessage(request)
    })
  }

  /** Waits for the commands under way, then closes the database. */
  async close(): Promise<void> {
    if (this.#ended !== undefined) return
    this.#isClosing = true
    const exit = once(this.#worker, 'exit')
    this.#worker.postMessage('close')
    await exit
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.get(reply.id)
    this.#pending.delete(reply.id)
    if ('error' in reply) pending?.reject(fromWireError(reply.error))
    else pending?.resolve((reply.result === undefined ? undefined : JSON.parse(reply.result)) as never)
  }

  /**
   * Without its writer the process can do nothing: it ends with the error, and the program that started it
   * starts it again.
   */
  #lose(error: Error): void {
    const isNews = this.#ended === undefined && !this.#isClosing
    this.#ended ??= new WriterEndedError(error.message, { cause: error })
    for (const { reject } of this.#pending.values()) reject(this.#ended)
    this.#pending.clear()
    if (isNews) {
      setImmediate(() => {
        throw error
      })
    }
  }
}
