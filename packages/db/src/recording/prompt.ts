import type { PromptTable } from '@skillwatch/schema'
import type { Selectable } from 'kysely'

/** A prompt as it is stored, without its project. */
export type StoredPrompt = Omit<Selectable<PromptTable>, 'project_id'>

/** How two values of one column become one: commutative, associative and idempotent (R3, R4). */
const RULES: {
  readonly [Column in Exclude<keyof StoredPrompt, 'session_id' | 'prompt_id'>]: (
    a: never,
    b: never,
  ) => unknown
} = {
  user_hash: greater,
  agent_name: greater,
  agent_version: greater,
  repository: greater,
  branch: greater,
  began_at_ms: Math.min,
  interrupted_at_ms: Math.max,
}

const MERGED_COLUMNS = Object.keys(RULES) as (keyof typeof RULES)[]
export const PROMPT_COLUMNS = ['session_id', 'prompt_id', ...MERGED_COLUMNS] as const

/** What is known of a prompt by now. @returns the first one itself when the second adds nothing */
export function mergePrompts(a: StoredPrompt, b: StoredPrompt): StoredPrompt {
  const merged: Record<string, unknown> = { ...a }
  for (const column of MERGED_COLUMNS) {
    const [one, other] = [a[column], b[column]]
    merged[column] =
      one === null ? other : other === null ? one : RULES[column](one as never, other as never)
  }
  const isKnown = MERGED_COLUMNS.every((column) => merged[column] === a[column])
  return isKnown ? a : (merged as unknown as StoredPrompt)
}

function greater(a: string, b: string): string {
  return a >= b ? a : b
}
