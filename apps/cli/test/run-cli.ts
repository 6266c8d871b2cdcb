import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type ProcessOptions, startProcess } from '@skillwatch/testkit'

export const CLI_BIN = join(import.meta.dirname, '../bin.mjs')

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `skillwatch` as a person would, with both outputs as pipes, until it ends. */
export async function runCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  const child = spawn(process.execPath, [CLI_BIN, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const result = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      result[name] += chunk
    })
  }
  const [code] = await once(child, 'close')
  return { code, ...result }
}

/** Starts a command that goes on until it is stopped. */
export function startCli(args: readonly string[], options: Omit<ProcessOptions, 'args'>) {
  return startProcess({ ...options, args: [CLI_BIN, ...args] })
}
