import { isatty } from 'node:tty'
import { appendToSpool } from '@skillwatch/client/spool'
import { type HookExtraction, readHook } from '@skillwatch/schema/claude-code'
import { readStdin } from './read-stdin.ts'

export interface HookRun {
  /** The spool folder that ingest reads. */
  readonly folder: string
  /** Whether arguments and results are included, for projects that store them. */
  readonly withTexts: boolean
  readonly nowMs: () => number
}

/**
 * Spools the observation in the event on standard input. It must not disturb the agent: it throws nothing
 * and writes nothing to stdout, which the agent reads.
 * @returns the error, if any
 */
export function runHook({ folder, withTexts, nowMs }: HookRun): string | undefined {
  if (isatty(0))
    return (
      'Claude Code calls this command with an event on standard input; ' +
      '`skillwatch setup claude-code` sets that up'
    )
  try {
    const event = parse(readStdin())
    if (event === undefined) return 'standard input is not JSON, so it is not an event of Claude Code'
    const extraction = readHook(event, { receivedAtMs: nowMs(), withTexts })
    if ('ignored' in extraction) return undefined
    if (appendToSpool(folder, JSON.stringify(toLine(extraction)), { now: nowMs })) return undefined
    return `the spool ${folder} is full, so the event is lost; start ingest, which empties it`
  } catch (error) {
    return `the event is lost: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** What a line of the spool contains: an observation, or under its name a prompt or the end of a session. */
function toLine(extraction: Exclude<HookExtraction, { ignored: unknown }>): object {
  if ('sessionEnd' in extraction) return { session_end: extraction.sessionEnd }
  return 'prompt' in extraction ? { prompt: extraction.prompt } : extraction.observation
}

/** Without the error of JSON.parse: it quotes the event, and stderr ends in logs. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
