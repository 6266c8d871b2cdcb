import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of real sessions beside the repository, or undefined when it does not exist. */
export function sharedData(): string | undefined {
  const path = fileURLToPath(new URL('../../../../shared/data', import.meta.url))
  return existsSync(path) ? path : undefined
}
