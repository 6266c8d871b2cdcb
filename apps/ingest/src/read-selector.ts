import type { DeletionSelector } from '@skillwatch/db'
import { type DeletionQuery, type DeletionSelection, formatInstant, parseInstant } from '@skillwatch/schema'
import { ProblemError } from '@skillwatch/service'

const EXPECTED =
  'exactly one of session_id, user_id, agent_name, skill_name (optionally with kind), before and project is ' +
  'expected'

/** What is to be deleted, for the database; and what of it the receipt and the log may contain. */
interface Selected {
  readonly selector: DeletionSelector
  readonly selection: DeletionSelection
}

/**
 * Reads what is to be deleted.
 * @param project the name of the project that the request reaches
 * @throws {ProblemError} unless exactly one thing is named, so that a mistake never deletes more than was
 * meant
 */
export function readSelector(query: DeletionQuery, project: string, nowMs: number): Selected {
  const { kind, ...named } = query
  const names = Object.keys(named)
  if (names.length !== 1) throw invalid(`${EXPECTED}; ${names.join(' and ') || 'none of them'} was sent`)
  if (kind !== undefined && query.skill_name === undefined)
    throw invalid(`kind can be combined with skill_name only; ${EXPECTED}`)
  if (query.user_id !== undefined)
    return { selector: { user_id: query.user_id }, selection: { user_id: 'given' } }
  if (query.before !== undefined) return before(query.before, nowMs)
  if (query.project !== undefined) return everythingOf(query.project, project)
  const selection = query as Extract<DeletionSelector, DeletionSelection>
  return { selector: selection, selection }
}

function before(text: string, nowMs: number): Selected {
  const before_ms = readInstant(text, nowMs)
  return { selector: { before_ms }, selection: { before: formatInstant(before_ms) } }
}

function everythingOf(named: string, reached: string): Selected {
  if (named === reached) return { selector: { everything: true }, selection: { project: named } }
  throw new ProblemError(
    'wrong-project',
    `this request reaches project ${JSON.stringify(reached)} and would delete project ` +
      `${JSON.stringify(named)}: send an admin key of that project, or name an open project in the header ` +
      'Skillwatch-Project',
  )
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
