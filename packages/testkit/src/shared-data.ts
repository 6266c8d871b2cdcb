import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Folder of the real sessions that lie beside the repository, or undefined where they are missing. */
export function sharedData(): string | undefined {
  const path = fileURLToPath(new URL('../../../../shared/data', import.meta.url))
  return existsSync(path) ? path : undefined
}
