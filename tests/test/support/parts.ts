import { spawnSync } from 'node:child_process'
import { describe } from 'vitest'

/** Something that tests need and that neither Node nor npm brings. */
export interface Part {
  readonly name: string
  readonly present: boolean
}

export const prometheus: Part = {
  name: 'prometheus and promtool on PATH',
  present: runs('prometheus', '--version') && runs('promtool', '--version'),
}
export const containerEngine: Part = {
  name: 'a container engine with docker compose',
  present: runs('docker', 'info') && runs('docker', 'compose', 'version'),
}

/** Tests that need a part: where it is missing they are skipped and say so by name, and with CI=true they fail instead. */
export function describeWith(part: Part, name: string, tests: () => void): void {
  if (part.present) describe(name, tests)
  else if (process.env.CI === 'true') {
    describe(name, () => {
      throw new Error(`CI needs ${part.name}`)
    })
  } else describe.skip(`${name} (needs ${part.name})`, tests)
}

function runs(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore', timeout: 20_000 }).status === 0
}
