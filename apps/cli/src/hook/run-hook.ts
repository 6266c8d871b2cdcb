import { isatty } from 'node:tty'
import { appendToSpool } from '@skillwatch/client/spool'
import { type HookExtraction, readHook } from '@skillwatch/schema/claude-code'
import { readStdin } from './read-stdin.ts'

export interface HookRun {
  /** The spool folder, which ingest reads. */
  readonly folder: string
  /** Whether observations include arguments and results, for projects that store them. */
  readonly withTexts: boolean
  readonly nowMs: () => number
}

/**
 * Spools the observation or the end of the session in the event on standard input. The agent must not be disturbed: nothing is thrown,
 * and nothing is written to stdout, which the agent reads.
 * @returns the error in a sentence, if there was one
 */
export function runHook({ folder, withTexts, nowMs }: HookRun): string | undefined {
  if (isatty(0))
    return (
      'Claude Code starts this command and writes an event to its standard input; ' +
      '`skillwatch setup claude-code --command` configures it'
    )
  try {
    const event = parse(readStdin())
    if (event === undefined) return 'standard input is not JSON, as the events of Claude Code are'
    const extraction = readHook(event, { receivedAtMs: nowMs(), withTexts })
    if ('ignored' in extraction) return undefined
    if (appendToSpool(folder, JSON.stringify(toLine(extraction)), { now: nowMs })) return undefined
    return `the spool ${folder} is full, so the event is lost; start ingest, which empties it`
  } catch (error) {
    return `the event is lost: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** What a line of the spool contains: an observation, or the end of a session under `session_end`. */
function toLine(extraction: Exclude<HookExtraction, { ignored: unknown }>): object {
  return 'sessionEnd' in extraction ? { session_end: extraction.sessionEnd } : extraction.observation
}

/** Drops the error of JSON.parse, which quotes the event: stderr is often kept in logs. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
