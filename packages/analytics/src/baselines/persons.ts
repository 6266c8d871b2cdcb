import type { Share } from '../share.ts'

/** What one person did with one skill in a window. */
export interface PersonCalls {
  readonly kind: string
  readonly skill_name: string
  /** The keyed hash of the person; null for calls without a user, which belong to no person. */
  readonly user_hash: string | null
  /** Calls that have ended. */
  readonly invocation_count: number
  readonly completed_count: number
  /** Calls with a duration, and the sum of these. */
  readonly duration_count: number
  readonly duration_ms_sum: number
  /** Calls by phase of the workflow; calls without a phase are in none. */
  readonly phase_counts: Readonly<Record<string, number>>
}

/** A number over persons needs so many of them. */
export const PERSONS_MIN = 5
/** A person counts from so many uses on. */
export const USES_MIN = 5

/** The persons whose calls count: those with a hash and enough uses. */
export function countedPersons<Row extends PersonCalls>(rows: readonly Row[]): Row[] {
  return rows.filter(({ user_hash, invocation_count }) => user_hash !== null && invocation_count >= USES_MIN)
}

/** Why numbers over these persons must not be shown; undefined when they may. */
export function withheldReason(persons: readonly PersonCalls[]): WithheldReason | undefined {
  if (persons.length < PERSONS_MIN) return 'too_few_persons'
  const all = persons.reduce((sum, { invocation_count }) => sum + invocation_count, 0)
  const isMostOf = ({ invocation_count }: PersonCalls) => invocation_count > all / 2
  return persons.some(isMostOf) ? 'mostly_one_person' : undefined
}

/**
 * Too few persons have enough uses, or more than half of the calls are those of one person: the number would
 * be that person's.
 */
export type WithheldReason = 'too_few_persons' | 'mostly_one_person'

export function completedShare({ completed_count, invocation_count }: PersonCalls): Share {
  return { hits: completed_count, of: invocation_count }
}
