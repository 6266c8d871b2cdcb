import { csvLine } from '../csv.ts'
import { USAGE_FIELDS } from '../usage/csv.ts'
import type { SessionRow } from './table.ts'

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
export function sessionsCsv(rows: readonly SessionRow[]): string {
  return [
    csvLine([...SESSION_FIELDS, ...USAGE_FIELDS]),
    ...rows.map(({ session, usage }) =>
      csvLine([
        ...SESSION_FIELDS.map((field) => session[field]),
        ...USAGE_FIELDS.map((field) => usage?.[field]),
      ]),
    ),
  ].join('')
}
