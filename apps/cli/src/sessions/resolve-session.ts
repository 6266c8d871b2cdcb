import type { SessionSummary } from '@skillwatch/schema'
import { withNoun } from '../amounts.ts'
import { CliError } from '../errors.ts'
import { ask, type Endpoint } from '../http.ts'
import { localTime } from '../tail/line.ts'
import { printable, table } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { readSessions } from './read.ts'

/** Sessions that are listed when several have an id that begins with the text. */
const LISTED_MAX = 10

/** The sessions that a text may mean: the one with exactly this id, else those whose id begins with it. */
export interface SessionMatches {
  readonly exactId?: string
  readonly sessions: readonly SessionSummary[]
  /** Whether there are more than these. */
  readonly isMore: boolean
}

/**
 * The id of the session that a person means: the text itself, or the only id that begins with it.
 * @throws {CliError} when there is none, or when there are several, which the message lists; (usage) when
 *   the text is empty
 */
export async function resolveSession(gateway: Endpoint, text: string, signal: AbortSignal): Promise<string> {
  if (text === '')
    throw new CliError(
      'the session is empty: give the beginning of its id, as `skillwatch sessions` shows it.',
      {
        exitCode: 2,
      },
    )
  return theSession(text, await matchSessions(gateway, text, signal))
}

export async function matchSessions(
  gateway: Endpoint,
  text: string,
  signal: AbortSignal,
): Promise<SessionMatches> {
  // Other ids may begin with a whole id, so that the session with exactly this id is looked up first.
  if (await isSession(gateway, text, signal)) return { exactId: text, sessions: [], isMore: false }
  return readSessions(gateway, { prefix: text, limit: LISTED_MAX }, signal)
}

/** @throws {CliError} when there is none, or when there are several, which the message lists */
export function theSession(text: string, { exactId, sessions, isMore }: SessionMatches): string {
  if (exactId !== undefined) return exactId
  const [first, second] = sessions
  if (first === undefined) throw new CliError(noneMessage(text))
  if (second !== undefined) throw new CliError(severalMessage(text, sessions, isMore))
  return first.session_id
}

async function isSession(gateway: Endpoint, id: string, signal: AbortSignal): Promise<boolean> {
  const { status, body } = await ask(gateway, `/v1/sessions/${encodeURIComponent(id)}`, { signal })
  return status === 200 && (body as { session_id?: unknown } | undefined)?.session_id === id
}

function noneMessage(text: string): string {
  const reason = `nothing is recorded of session ${quoted(text)}, and no id begins with it`
  return `${reason}: \`skillwatch sessions\` lists the sessions.`
}

function severalMessage(text: string, sessions: readonly SessionSummary[], isMore: boolean): string {
  const rows = sessions.map(({ session_id, first_invoked_at, invocation_count }) => [
    `  ${printable(session_id)}`,
    localTime(first_invoked_at, 'date'),
    withNoun(invocation_count, 'call', exactNumber),
  ])
  const count = isMore ? `more than ${sessions.length}` : sessions.length
  const title = `${count} session ids begin with ${quoted(text)}${isMore ? '; the latest active' : ''}:`
  return [title, ...table(rows), 'Give more of the id.'].join('\n')
}

/** A text from outside, in quotation marks. */
export function quoted(text: string): string {
  return JSON.stringify(printable(text))
}
