import { type Client, createClientFrom } from '../client.ts'
import type { ClientOptions as CommonClientOptions } from '../client-options.ts'
import { machineClock } from '../clock.ts'
import { nodePlatform } from './node-platform.ts'
import { createSpool, type SpoolOptions } from './spool-writer.ts'

export * from '../common.ts'
export type { SpoolOptions } from './spool-writer.ts'

export interface ClientOptions extends CommonClientOptions {
  /** Keeps on disk what was not delivered: it survives the death of the process and goes out with the next start. */
  spool?: SpoolOptions | undefined
}

/** A client for Node: nested calls find their parent by themselves. @throws {TypeError} when an option is missing or wrong */
export function createClient(options: ClientOptions): Client {
  const spool = options.spool && createSpool(options.spool, options.project, options.now ?? machineClock)
  return createClientFrom(options, { platform: nodePlatform(), spool })
}
