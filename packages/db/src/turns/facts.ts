import type { InvocationRow, UsageCounts } from '@skillwatch/schema'

/** The columns of a call from which turns and uses follow. */
export type CallFacts = Pick<
  InvocationRow,
  | 'invocation_id'
  | 'session_id'
  | 'kind'
  | 'skill_name'
  | 'parent_invocation_id'
  | 'trigger'
  | 'invoked_at_ms'
  | 'ended_at_ms'
  | 'outcome'
  | 'error_type'
  | 'agent_name'
  | 'agent_version'
  | 'model'
  | 'repository'
  | 'branch'
> & {
  /** The sub-agent that made it, as its witness names it. */
  readonly agent_id: string | null
}

/** The columns of a request to a model from which they follow. A number that is unknown is 0. */
export interface ResponseFacts extends UsageCounts {
  readonly request_id: string
  readonly parent_invocation_id: string | null
  readonly requested_at_ms: number
  readonly model: string | null
  readonly cost_source: 'reported' | 'none'
  readonly agent_name: string | null
  readonly repository: string | null
  readonly branch: string | null
}

/** What is known of a prompt. */
export interface PromptFacts {
  readonly began_at_ms: number | null
  readonly interrupted_at_ms: number | null
  readonly agent_name: string | null
  readonly agent_version: string | null
  readonly repository: string | null
  readonly branch: string | null
}

/** The turn that followed in the session. */
export interface NextTurn {
  readonly began_at_ms: number
  /** Its uses, as `kind` and `skill_name` by `skillKey`. */
  readonly skills: ReadonlySet<string>
}

/** Everything from which one turn and its uses follow. */
export interface TurnFacts {
  readonly prompt: PromptFacts | undefined
  readonly calls: readonly CallFacts[]
  readonly responses: readonly ResponseFacts[]
  readonly next: NextTurn | undefined
  readonly session_ended_at_ms: number | undefined
}

/** Names hold no control characters, so NUL keeps the two apart. */
export function skillKey({ kind, skill_name }: Pick<CallFacts, 'kind' | 'skill_name'>): string {
  return `${kind}\0${skill_name}`
}
