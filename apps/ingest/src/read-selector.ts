import type { DeletionSelector } from '@skillwatch/db'
import { type DeletionQuery, type DeletionSelection, formatInstant, parseInstant } from '@skillwatch/schema'
import { ProblemError } from '@skillwatch/service'

const EXPECTED =
  'exactly one of session_id, user_id, skill_name (optionally with kind) and before is expected'

/**
 * Reads what is to be deleted: the selector for the database, and the selection that the receipt and the log
 * may contain.
 * @throws {ProblemError} unless exactly one thing is named, so that a mistake never deletes more than was
 * meant
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
    throw invalid(`${EXPECTED}; ${named.map(([name]) => name).join(' and ') || 'none of them'} was sent`)
  }
  if (kind !== undefined && skill_name === undefined)
    throw invalid(`kind can be combined with skill_name only; ${EXPECTED}`)
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
