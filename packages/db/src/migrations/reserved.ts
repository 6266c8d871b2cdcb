import type { Migration } from './dialect.ts'

/** Keeps the number of a migration that is developed elsewhere; to be replaced by it before a release. */
export function reserved(version: number): Migration {
  return { version, name: `reserved-${version}`, up: () => [], down: () => [] }
}
