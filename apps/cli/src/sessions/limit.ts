import { InvalidArgumentError } from 'commander'

/** @throws {InvalidArgumentError} unless one page of a list can have as many sessions */
export function parseSessionLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
    throw new InvalidArgumentError('Expected a number of sessions from 1 to 1000.')
  }
  return limit
}
