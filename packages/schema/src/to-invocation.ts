import { formatInstant } from './instant.ts'
import type { Invocation } from './invocation.ts'
import type { InvocationRow } from './tables.ts'
import type { Witness } from './words.ts'

/** The row in its wire format: instants as text, lists parsed, unknown fields absent. */
export function toInvocation(row: InvocationRow): Invocation {
  const invocation: Invocation = {
    invocation_id: row.invocation_id,
    kind: row.kind,
    skill_name: row.skill_name,
    session_id: row.session_id,
    trigger: row.trigger,
    invoked_at: formatInstant(row.invoked_at_ms),
    outcome: row.outcome,
    completed: row.outcome === 'completed',
    witnesses: row.witnesses.split(',') as Witness[],
  }
  if (row.ended_at_ms !== null) invocation.ended_at = formatInstant(row.ended_at_ms)
  if (row.agent_name !== null) invocation.agent_name = row.agent_name
  if (row.user_hash !== null) invocation.user_hash = row.user_hash
  if (row.prompt_id !== null) invocation.prompt_id = row.prompt_id
  if (row.parent_invocation_id !== null) invocation.parent_invocation_id = row.parent_invocation_id
  if (row.execution_ms !== null) invocation.execution_ms = row.execution_ms
  if (row.elapsed_ms !== null) invocation.elapsed_ms = row.elapsed_ms
  if (row.error_type !== null) invocation.error_type = row.error_type
  if (row.workflow_path !== null) invocation.workflow_path = row.workflow_path
  if (row.workflow_phase !== null) invocation.workflow_phase = row.workflow_phase
  if (row.workflow_step_id !== null) invocation.workflow_step_id = row.workflow_step_id
  if (row.user_query_bytes !== null) invocation.user_query_bytes = row.user_query_bytes
  if (row.user_query_hash !== null) invocation.user_query_hash = row.user_query_hash
  if (row.arguments_bytes !== null) invocation.arguments_bytes = row.arguments_bytes
  if (row.arguments_hash !== null) invocation.arguments_hash = row.arguments_hash
  if (row.result_bytes !== null) invocation.result_bytes = row.result_bytes
  if (row.result_hash !== null) invocation.result_hash = row.result_hash
  if (row.alternatives_considered !== null)
    invocation.alternatives_considered = JSON.parse(row.alternatives_considered)
  if (row.selection_rank !== null) invocation.selection_rank = row.selection_rank
  if (row.follow_up_actions !== null) invocation.follow_up_actions = JSON.parse(row.follow_up_actions)
  if (row.rating !== null) invocation.rating = row.rating
  if (row.skill_version !== null) invocation.skill_version = row.skill_version
  if (row.attributes !== null) invocation.attributes = JSON.parse(row.attributes)
  return invocation
}
