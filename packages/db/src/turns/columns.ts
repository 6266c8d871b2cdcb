import type { StoredTurn, Use } from './storage.ts'

/** The columns of a turn that are derived. One that is missing does not compile. */
const TURN: { readonly [Column in keyof Omit<StoredTurn, 'row_id'>]: true } = {
  began_at_ms: true,
  last_active_at_ms: true,
  ended_by: true,
  agent_name: true,
  agent_version: true,
  repository: true,
  branch: true,
  uses: true,
  calls: true,
  failed_calls: true,
  rejected_calls: true,
  retried_calls: true,
  calls_by_kind: true,
  work: true,
}

/** The same of a use, with the turn that it belongs to. */
const USE: { readonly [Column in keyof Use]: true } = {
  use_id: true,
  kind: true,
  skill_name: true,
  session_id: true,
  prompt_id: true,
  parent_use_id: true,
  trigger: true,
  outcome: true,
  began_at_ms: true,
  ended_at_ms: true,
  turn_ended: true,
  interrupted: true,
  used_again: true,
  is_outermost: true,
  agent_name: true,
  repository: true,
  branch: true,
  model: true,
  calls: true,
  failed_calls: true,
  rejected_calls: true,
  retried_calls: true,
  work_ms: true,
  calls_with_nested: true,
  failed_calls_with_nested: true,
  rejected_calls_with_nested: true,
  retried_calls_with_nested: true,
  work_ms_with_nested: true,
  work: true,
  work_with_nested: true,
}

export const TURN_COLUMNS = Object.keys(TURN) as (keyof typeof TURN)[]
export const USE_COLUMNS = Object.keys(USE) as (keyof typeof USE)[]
