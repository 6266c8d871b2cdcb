import { join } from 'node:path'
import { type ProcessOptions, type ProgramResult, runProgram, startProcess } from '@skillwatch/testkit'

export const CLI_BIN = join(import.meta.dirname, '../bin.mjs')

/** Runs `skillwatch` as a person would, with both outputs as pipes, until it ends. */
export function runCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ProgramResult> {
  return runProgram({ args: [CLI_BIN, ...args], env })
}

/** Starts a command that goes on until it is stopped. */
export function startCli(args: readonly string[], options: Omit<ProcessOptions, 'args'>) {
  return startProcess({ ...options, args: [CLI_BIN, ...args] })
}
