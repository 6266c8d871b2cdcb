import { type Client, createClientFrom } from '../client.ts'
import type { ClientOptions as CommonClientOptions } from '../client-options.ts'
import { machineClock } from '../clock.ts'
import { nodePlatform } from './node-platform.ts'
import { type SpoolContent, type SpoolOptions, SpoolWriter } from './spool-writer.ts'

export * from '../common.ts'
export type { SpoolOptions } from './spool-writer.ts'

export interface ClientOptions extends CommonClientOptions {
  /** Keeps observations on disk until they are sent: they survive a crash, and the next start sends them. */
  spool?: SpoolOptions | undefined
}

/**
 * A client for Node: nested calls find their parent by themselves.
 * @throws {TypeError} when an option is missing or wrong
 */
export function createClient(options: ClientOptions): Client {
  const { project, now = machineClock } = options
  const spoolOf = (content: SpoolContent) =>
    options.spool && new SpoolWriter(options.spool, content, project, now)
  return createClientFrom(options, {
    platform: nodePlatform(),
    spool: spoolOf('observations'),
    experimentSpool: spoolOf('experiments'),
  })
}
