import type { Generated } from 'kysely'
import type { Kind, Outcome, Trigger } from '../words.ts'
import type { UsageCounts } from './roll-ups.ts'

/** Prompts of users, as witnesses report them. */
export interface PromptTable {
  project_id: number
  session_id: string
  prompt_id: string
  user_hash: string | null
  agent_name: string | null
  agent_version: string | null
  repository: string | null
  branch: string | null
  began_at_ms: number | null
  interrupted_at_ms: number | null
}

/** What ended a turn: the next prompt, the end of the session, or the user. Null: nothing did yet. */
export type TurnEnd = 'prompt' | 'session_end' | 'interruption'

/** Numbers of calls. A call is retried when the call of the same tool before it, of the same use, failed. */
export interface CallCounts {
  calls: number
  failed_calls: number
  rejected_calls: number
  retried_calls: number
}

/**
 * One prompt and what followed from it. Derived from `prompt`, `skill_invocation` and `api_request`; nothing
 * else writes it.
 */
export interface TurnTable extends CallCounts {
  row_id: Generated<number>
  project_id: number
  session_id: string
  prompt_id: string
  began_at_ms: number
  last_active_at_ms: number
  ended_by: TurnEnd | null
  agent_name: string | null
  agent_version: string | null
  repository: string | null
  branch: string | null
  uses: number
  /** JSON: calls and failures by kind. */
  calls_by_kind: string
  /** JSON: sums by hour and labels. */
  work: string
}

/** Sums over what a use caused. They exist twice: its own, and with those of the uses nested in it. */
export interface UseSums extends CallCounts {
  /** From the activation to the end of the work. */
  work_ms: number
}

type WithNested<Sums> = { [Name in keyof Sums & string as `${Name}_with_nested`]: Sums[Name] }

/** One use of a skill, command or agent. Derived like its turn. */
export interface SkillUseTable extends UseSums, WithNested<UseSums> {
  row_id: Generated<number>
  project_id: number
  /** The `invocation_id` of its activation. */
  use_id: string
  kind: Kind
  skill_name: string
  session_id: string
  prompt_id: string | null
  parent_use_id: string | null
  trigger: Trigger
  outcome: Outcome
  began_at_ms: number
  ended_at_ms: number
  turn_ended: 0 | 1
  interrupted: 0 | 1
  /** Whether the next turn uses the same skill; null while there is none. */
  used_again: 0 | 1 | null
  /** 0 when it is nested in a use of the same skill, whose sums contain its own. */
  is_outermost: 0 | 1
  agent_name: string | null
  repository: string | null
  branch: string | null
  /** The model that wrote most of its tokens. */
  model: string | null
  /** JSON: its own sums by hour and labels. */
  work: string
  work_with_nested: string
}

/** The ids of uses that are gone, so that their changes in the log can still name them. */
export interface SkillUseTombstoneTable {
  row_id: number
  project_id: number
  use_id: string
}

/** Turns, and uses without a turn, that are to be derived again. One of the last two columns is empty. */
export interface PendingTurnTable {
  row_id: Generated<number>
  project_id: number
  session_id: string
  prompt_id: string
  invocation_id: string
}

/**
 * Roll-up of what uses caused, per skill, hour and labels. Calls and responses are in the rows of their own
 * hour and labels; a use and its time are in the row of the hour in which it began. Sums with nested ones
 * leave out uses that are nested in a use of the same skill.
 */
export interface SkillUseSeriesTable extends UseCounters {
  project_id: number
  kind: Kind
  skill_name: string
  hour_at_ms: number
  agent_name: string
  model: string
  repository: string
  branch: string
  cost_source: 'reported' | 'none'
}

/**
 * The same sums over 1, 8 and 32 days, without repositories and branches. Periods of one length follow each
 * other from 1970-01-01 (UTC) on.
 */
export interface SkillUsePeriodTable extends UseCounters {
  project_id: number
  period_days: number
  period_at_ms: number
  kind: Kind
  skill_name: string
  agent_name: string
  model: string
  cost_source: 'reported' | 'none'
}

/** The same sums over one day (UTC), without skills. */
export interface PlaceUseDayTable extends UseCounters {
  project_id: number
  day_at_ms: number
  kind: Kind
  agent_name: string
  model: string
  repository: string
  branch: string
  cost_source: 'reported' | 'none'
}

interface UseCounters extends UseSums, UsageCounts, WithNested<UseSums>, WithNested<UsageCounts> {
  /** Parts of uses that the row sums; a use has one for each hour and labels. */
  part_count: number
  use_count: number
  interrupted_count: number
  used_again_count: number
}
