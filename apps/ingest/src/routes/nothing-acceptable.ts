import type { RejectedItem } from '@skillwatch/schema'
import { ProblemError } from '@skillwatch/service'

/** Most rejected items that a 422 lists. Its detail has their number. */
const LISTED_MAX = 100

/** The answer to a request whose items were all rejected. */
export function nothingAcceptable(rejected: readonly RejectedItem[]): ProblemError {
  const listed = rejected.length > LISTED_MAX ? `; the first ${LISTED_MAX} are listed` : ''
  const count = rejected.length === 1 ? 'the only item was' : `all ${rejected.length} items were`
  return new ProblemError('unprocessable', `${count} rejected${listed}`, {
    errors: rejected.slice(0, LISTED_MAX),
  })
}
