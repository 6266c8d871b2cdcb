import { browserPlatform } from './browser-platform.ts'
import { type Client, createClientFrom } from './client.ts'
import type { ClientOptions } from './client-options.ts'

export type { ClientOptions } from './client-options.ts'
export * from './common.ts'

/**
 * A client for browsers and other places without Node's modules.
 * @throws {TypeError} when an option is missing or wrong
 */
export function createClient(options: ClientOptions): Client {
  return createClientFrom(options, {
    platform: browserPlatform(),
    spool: undefined,
    experimentSpool: undefined,
  })
}
