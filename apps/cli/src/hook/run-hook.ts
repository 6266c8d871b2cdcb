import { isatty } from 'node:tty'
import { appendToSpool } from '@skillwatch/client/spool'
import { readHook } from '@skillwatch/schema/claude-code'
import { readStdin } from './read-stdin.ts'

export interface HookRun {
  /** Where ingest looks for what was spooled. */
  readonly folder: string
  /** Whether arguments and results go along, for projects that store them. */
  readonly withTexts: boolean
  readonly nowMs: () => number
}

/**
 * Spools what the event on standard input says of a call. Whatever happens, the agent must not notice: nothing is
 * thrown, and nothing is written to stdout, which the agent reads.
 * @returns what went wrong, in a sentence for people
 */
export function runHook({ folder, withTexts, nowMs }: HookRun): string | undefined {
  if (isatty(0))
    return 'Claude Code calls this with an event on standard input; `skillwatch setup claude-code --command` has it do so'
  try {
    const event = parse(readStdin())
    if (event === undefined) return 'standard input is not JSON, as the events of Claude Code are'
    const sighting = readHook(event, { receivedAtMs: nowMs(), withTexts })
    if ('ignored' in sighting) return undefined
    if (appendToSpool(folder, JSON.stringify(sighting.observation), { now: nowMs })) return undefined
    return `the spool ${folder} is full, so the event is lost; start ingest, which empties it`
  } catch (error) {
    return `the event is lost: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** The words of JSON.parse would quote the event, and stderr ends in logs. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
