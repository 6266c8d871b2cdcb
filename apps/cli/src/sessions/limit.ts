import { InvalidArgumentError } from 'commander'

/** @throws {InvalidArgumentError} unless one page of a list can have as many sessions */
export function parseSessionLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
    throw new InvalidArgumentError('Expected a number of sessions from 1 to 1000.')
  }
  return limit
}

/** A note for a list that has more sessions than are shown. */
export function moreSessionsNote(shown: number): string {
  const these =
    shown === 1 ? 'This is the latest active session' : `These are the ${shown} latest active sessions`
  return `${these}; --limit shows more.`
}
