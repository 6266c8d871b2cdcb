import { appendToSpool } from '@skillwatch/client/spool'
import { readHook } from '@skillwatch/schema/claude-code'
import { readStdin } from './read-stdin.ts'

export interface HookRun {
  /** Where ingest looks for what was spooled. */
  readonly folder: string
  /** Whether arguments and results go along, for projects that store them. */
  readonly withTexts: boolean
  readonly nowMs: number
}

/**
 * Spools what the event on standard input says of a call. Whatever happens, the agent must not notice: nothing is
 * thrown, and nothing is written to stdout, which the agent reads.
 * @returns what went wrong, in a sentence for people
 */
export function runHook({ folder, withTexts, nowMs }: HookRun): string | undefined {
  try {
    const sighting = readHook(JSON.parse(readStdin()), { receivedAtMs: nowMs, withTexts })
    if ('passedOver' in sighting) return undefined
    if (appendToSpool(folder, JSON.stringify(sighting.observation))) return undefined
    return `the spool ${folder} is full: is ingest running?`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
