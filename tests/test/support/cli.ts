import { join } from 'node:path'
import { type ProgramResult, runProgram, startProgram } from '@skillwatch/testkit'
import { ROOT } from './repository.ts'

const CLI_BIN = join(ROOT, 'apps/cli/bin.mjs')

type Environment = Readonly<Record<string, string>>

/** Starts `skillwatch` with both outputs as pipes. */
export function startCli(args: readonly string[], env: Environment) {
  return startProgram({ args: [CLI_BIN, ...args], cwd: ROOT, env })
}

/** Runs `skillwatch` until it ends. */
export function runCli(args: readonly string[], env: Environment): Promise<ProgramResult> {
  return runProgram({ args: [CLI_BIN, ...args], cwd: ROOT, env })
}
