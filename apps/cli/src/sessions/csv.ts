import type { SessionSummary } from '@skillwatch/schema'
import { csvLine } from '../csv.ts'
import { USAGE_FIELDS } from '../usage/csv.ts'

const SESSION_FIELDS = [
  'session_id',
  'first_invoked_at',
  'last_active_at',
  'invocation_count',
  'running_count',
  'completed_count',
  'failed_count',
  'rejected_count',
  'abandoned_count',
] as const

/** Sessions as CSV (RFC 4180) with a header. A field without a value is empty. */
export function sessionsCsv(sessions: readonly SessionSummary[]): string {
  return [
    csvLine([...SESSION_FIELDS, ...USAGE_FIELDS]),
    ...sessions.map((session) =>
      csvLine([
        ...SESSION_FIELDS.map((field) => session[field]),
        ...USAGE_FIELDS.map((field) => session.usage[field]),
      ]),
    ),
  ].join('')
}
