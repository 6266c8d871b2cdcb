import { spawnSync } from 'node:child_process'
import { describe, test } from 'vitest'

/** A program that tests need and that npm does not install. */
export interface Part {
  readonly name: string
  isPresent(): boolean
}

export const prometheus: Part = {
  name: 'prometheus and promtool on PATH',
  isPresent: () => runs('prometheus', '--version') && runs('promtool', '--version'),
}
export const containerEngine: Part = {
  name: 'a container engine with docker compose',
  isPresent: () => runs('docker', 'info') && runs('docker', 'compose', 'version'),
}

/**
 * Tests that need a part. Where it is missing they are skipped with its name; with CI=true they fail
 * instead.
 */
export function describeWith(part: Part, name: string, tests: () => void): void {
  if (part.isPresent()) return void describe(name, tests)
  if (process.env.CI === 'true') {
    test(`${name} can be tested`, () => {
      throw new Error(`CI must have ${part.name}`)
    })
    return
  }
  console.warn(`skipped, for there is no ${part.name}: ${name}`)
  describe.skip(name, tests)
}

/** Whether a program is there and ends with 0. */
export function runs(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore', timeout: 20_000 }).status === 0
}
