import type { PromptTable } from '@skillwatch/schema'
import type { Selectable } from 'kysely'

/** A prompt as it is stored, without its project. */
export type StoredPrompt = Omit<Selectable<PromptTable>, 'project_id'>

const COLUMNS: { readonly [Column in keyof StoredPrompt]: true } = {
  session_id: true,
  prompt_id: true,
  user_hash: true,
  agent_name: true,
  agent_version: true,
  repository: true,
  branch: true,
  began_at_ms: true,
  interrupted_at_ms: true,
}
export const PROMPT_COLUMNS = Object.keys(COLUMNS) as (keyof StoredPrompt)[]

/**
 * What is known of a prompt by now. Each rule is commutative, associative and idempotent (R3, R4).
 * @returns the first one itself when the second adds nothing
 */
export function mergePrompts(a: StoredPrompt, b: StoredPrompt): StoredPrompt {
  const merged = {
    session_id: a.session_id,
    prompt_id: a.prompt_id,
    user_hash: known(a.user_hash, b.user_hash, greater),
    agent_name: known(a.agent_name, b.agent_name, greater),
    agent_version: known(a.agent_version, b.agent_version, greater),
    repository: known(a.repository, b.repository, greater),
    branch: known(a.branch, b.branch, greater),
    began_at_ms: known(a.began_at_ms, b.began_at_ms, Math.min),
    interrupted_at_ms: known(a.interrupted_at_ms, b.interrupted_at_ms, Math.max),
  }
  return PROMPT_COLUMNS.every((column) => merged[column] === a[column]) ? a : merged
}

function known<T>(a: T | null, b: T | null, rule: (a: T, b: T) => T): T | null {
  if (a === null) return b
  return b === null ? a : rule(a, b)
}

function greater(a: string, b: string): string {
  return a >= b ? a : b
}
