import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import {
  machineNowMs,
  type ProcessOptions,
  type ProgramResult,
  runProgram,
  startProcess,
} from '@skillwatch/testkit'
import { run } from '../src/program.ts'

export const CLI_BIN = join(import.meta.dirname, '../bin.mjs')

type Environment = Readonly<Record<string, string>>

/** Runs `skillwatch` as a person would, with both outputs as pipes, until it ends. */
export function runCli(args: readonly string[], env: Environment = {}): Promise<ProgramResult> {
  return runProgram({ args: [CLI_BIN, ...args], env })
}

/** A terminal that a command runs in. */
interface Terminal {
  /** Default: the machine's clock, which the services beside it have too. */
  readonly nowMs?: () => number
  /** Without colours. Default: as a pipe, which has no width. */
  readonly columns?: number
}

/**
 * Runs a command in this process, where nobody can be asked: the same answers in a tenth of the time, for
 * the command lines that come after one that was run as a person would.
 */
export async function runHere(
  args: readonly string[],
  env: Environment = {},
  { nowMs = machineNowMs, columns }: Terminal = {},
): Promise<ProgramResult> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const written = Promise.all([text(stdout), text(stderr)])
  const code = await run(args, {
    stdout: columns === undefined ? stdout : Object.assign(stdout, { columns, isTTY: true as const }),
    stderr,
    env: { NO_COLOR: '1', ...env },
    signal: new AbortController().signal,
    nowMs,
  })
  for (const output of [stdout, stderr]) output.end()
  const [out, err] = await written
  return { code, signal: null, stdout: out, stderr: err }
}

/** Starts a command that goes on until it is stopped. */
export function startCli(args: readonly string[], options: Omit<ProcessOptions, 'args'>) {
  return startProcess({ ...options, args: [CLI_BIN, ...args] })
}
