import type { RejectedItem } from '@skillwatch/schema'
import { ProblemError } from '@skillwatch/service'

/** Most refusals that a 422 lists. Its detail has their number. */
const LISTED_MAX = 100

/** The answer to a request whose items were all rejected. */
export function nothingAcceptable(rejected: readonly RejectedItem[]): ProblemError {
  const listed = rejected.length > LISTED_MAX ? `; the first ${LISTED_MAX} are listed` : ''
  const count = rejected.length === 1 ? 'the only item was' : `all ${rejected.length} items were`
  return new ProblemError('unprocessable', `${count} rejected${listed}`, {
    errors: rejected.slice(0, LISTED_MAX),
  })
}

/** The answer to a request that is stored whole or not at all, as what it lacks is deleted. */
export function nothingStored(
  refusals: readonly { readonly pointer: string; readonly reason: string }[],
): ProblemError {
  const listed = refusals.length > LISTED_MAX ? `; the first ${LISTED_MAX} are listed` : ''
  const count = refusals.length === 1 ? 'one value is' : `${refusals.length} values are`
  return new ProblemError('unprocessable', `${count} not acceptable, and nothing was stored${listed}`, {
    errors: refusals.slice(0, LISTED_MAX),
  })
}
