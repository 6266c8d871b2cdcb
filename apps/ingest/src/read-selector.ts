import type { DeletionSelector } from '@skillwatch/db'
import { type DeletionQuery, type DeletionSelection, formatInstant, parseInstant } from '@skillwatch/schema'
import { ProblemError } from '@skillwatch/service'

const EXPECTED =
  'exactly one of session_id, user_id, skill_name (which may come with kind) and before is expected'

/**
 * What is to be deleted, for the database and as it may be told again.
 * @throws {ProblemError} unless exactly one thing is named: a slip must never delete more than was meant
 */
export function readSelector(
  query: DeletionQuery,
  nowMs: number,
): { selector: DeletionSelector; selection: DeletionSelection } {
  const { session_id, user_id, skill_name, kind, before } = query
  const named = Object.entries({ session_id, user_id, skill_name, before }).filter(
    ([, value]) => value !== undefined,
  )
  if (named.length !== 1) {
    throw invalid(`${EXPECTED}; ${named.map(([name]) => name).join(' and ') || 'none of them'} came`)
  }
  if (kind !== undefined && skill_name === undefined)
    throw invalid(`kind goes with skill_name only; ${EXPECTED}`)
  if (session_id !== undefined) return { selector: { session_id }, selection: { session_id } }
  if (user_id !== undefined) return { selector: { user_id }, selection: { user_id: 'given' } }
  if (skill_name !== undefined) {
    const selection = { skill_name, ...(kind !== undefined && { kind }) }
    return { selector: selection, selection }
  }
  const before_ms = readInstant(before!, nowMs)
  return { selector: { before_ms }, selection: { before: formatInstant(before_ms) } }
}

function readInstant(text: string, nowMs: number): number {
  const instant = parseInstant(/^\d+$/.test(text) ? Number(text) : text, nowMs)
  if (typeof instant === 'number') return instant
  throw new ProblemError('invalid-request', `before ${instant.reason}`, {
    errors: [{ pointer: '/before', reason: instant.reason }],
  })
}

function invalid(detail: string): ProblemError {
  return new ProblemError('invalid-request', detail)
}
