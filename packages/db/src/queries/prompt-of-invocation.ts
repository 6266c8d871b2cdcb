import type { Reader } from '../sqlite/open.ts'
import { prepared } from '../sqlite/statements.ts'

/** The prompt that led to a call. Undefined when the call is not stored, or its prompt is not known. */
export function promptOfInvocation(
  { sqlite }: Reader,
  projectId: number,
  invocationId: string,
): string | undefined {
  const sql = 'select prompt_id from skill_invocation where project_id = ? and invocation_id = ?'
  const row = prepared(sqlite, sql).get(projectId, invocationId) as { prompt_id: string | null } | undefined
  return row?.prompt_id ?? undefined
}
