import { hashOfProject } from '../projects.ts'
import type { Writer } from '../sqlite/open.ts'
import type { DeletionSelector } from './delete.ts'

/** Spans go with the calls that they tell of; what is only around calls goes with the last call of its trace. */
export function createDeleteSpans(writer: Writer) {
  const { sqlite } = writer
  const ofInvocation = sqlite
    .prepare<[number, string], string>(
      `delete from otel_span where project_id = ? and invocation_id = ? returning trace_id`,
    )
    .pluck()
  const traceWithoutCalls = sqlite.prepare<[number, string]>(
    `delete from otel_span as gone where project_id = ? and trace_id = ? and not exists (
      select 1 from otel_span s join skill_invocation using (project_id, invocation_id)
      where s.project_id = gone.project_id and s.trace_id = gone.trace_id)`,
  )
  const ofSession = sqlite.prepare('delete from otel_span where project_id = ? and session_id = ?')
  /** Those that still wait for their session, and so have no row that could be deleted: few, and found by when they expire. */
  const waiting = (condition: string) =>
    sqlite.prepare(`delete from otel_span where +project_id = ? and expires_at_ms > 0 and ${condition}`)
  const ofUser = waiting(`fields ->> '$.user_hash' = ?`)
  const ofSkill = waiting(
    `fields ->> '$.skill_name' = ? and coalesce(?, fields ->> '$.kind') = fields ->> '$.kind'`,
  )
  const ofTime = waiting(`coalesce(fields ->> '$.invoked_at_ms', received_at_ms) < ?`)

  return {
    /** @returns the traces that had them */
    ofInvocation(projectId: number, invocationId: string): string[] {
      return ofInvocation.all(projectId, invocationId).filter((traceId) => traceId !== '')
    },
    ofTracesWithoutCalls(projectId: number, traceIds: Iterable<string>): void {
      for (const traceId of traceIds) traceWithoutCalls.run(projectId, traceId)
    },
    /** Those that belong to no call yet. */
    selected(projectId: number, selector: DeletionSelector): void {
      if ('session_id' in selector) ofSession.run(projectId, selector.session_id)
      if ('user_id' in selector) ofUser.run(projectId, hashOfProject(writer, projectId)(selector.user_id))
      if ('skill_name' in selector) ofSkill.run(projectId, selector.skill_name, selector.kind ?? null)
      if ('before_ms' in selector) ofTime.run(projectId, selector.before_ms)
    },
  }
}
