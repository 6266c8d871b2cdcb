import type { DependencyUnit, Kind } from '@skillwatch/schema'
import { InvalidArgumentError } from 'commander'

/** The options of `skillwatch deps`, as its command line sets them. */
export interface DepsOptions {
  readonly unit: DependencyUnit
  readonly kind?: Kind
  readonly minLift?: number
  readonly limit: number
  readonly json?: boolean
  readonly csv?: boolean
  readonly url: string
}

/** A skill that a command line names; without a kind, all that have its name. */
export interface AskedSkill {
  readonly skill_name: string
  readonly kind: Kind | undefined
}

/** @throws {InvalidArgumentError} unless the text is a lift */
export function parseLift(text: string): number {
  const lift = text.trim() === '' ? Number.NaN : Number(text)
  if (lift >= 0 && lift < Number.POSITIVE_INFINITY) return lift
  throw new InvalidArgumentError('Expected a number from 0 on, such as 1.5.')
}

/** @throws {InvalidArgumentError} unless one page of a list can have as many rows */
export function parseRowLimit(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000) return limit
  throw new InvalidArgumentError('Expected a number of rows from 1 to 1000.')
}
