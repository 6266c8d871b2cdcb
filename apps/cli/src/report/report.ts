import type { CostSource, Kind } from '@skillwatch/schema'
import type { PeriodName } from './periods.ts'

export const REPORT_TITLE = 'Skillwatch report'

/** A report as data; `--json` prints it. Instants are RFC 3339 in UTC. */
export interface Report {
  readonly title: typeof REPORT_TITLE
  readonly generated_at: string
  readonly since: string
  readonly until: string
  readonly time_zone: string
  readonly compared_with: ComparedWindow | null
  /** The first and the last of all recorded calls, also outside of the window; null when there is none. */
  readonly first_call_at: string | null
  readonly last_call_at: string | null
  /** The comparisons whose verdict is a change, the most important first. */
  readonly changes: readonly Comparison[]
  readonly comparisons: readonly Comparison[]
  readonly totals: Totals
  readonly totals_before: Totals | null
  /** The most used first. */
  readonly skills: readonly SkillRow[]
  /** The most expensive first. */
  readonly repositories: readonly GroupRow[]
  readonly models: readonly GroupRow[]
  readonly period: PeriodName
  readonly periods: readonly PeriodRow[]
}

export interface ComparedWindow {
  readonly since: string
  readonly until: string
  /**
   * False when recording began after the start of this window, so that nothing could be compared with it.
   */
  readonly is_recorded: boolean
}

/** Tokens and money. */
export interface Spent {
  readonly responses: number
  /** Of all four sorts: input, output, read from a cache and written to a cache. */
  readonly tokens: number
  readonly cost_usd: number | null
  readonly cost_source: CostSource
  readonly unpriced_responses: number
}

export interface Totals extends Spent {
  readonly sessions: number
  readonly turns: number
  readonly uses: number
  readonly calls: number
  readonly failed_calls: number
  readonly rejected_calls: number
}

/** Uses of one skill. Calls, tokens and money include those of the uses that are nested in them. */
export interface SkillRow extends Spent {
  readonly kind: Kind
  readonly skill_name: string
  readonly uses: number
  readonly uses_before: number | null
  readonly calls: number
  readonly failed_calls: number
  readonly rejected_calls: number
  /** The 95% interval of the share of calls that failed; null when there is too little data. */
  readonly failed_share_interval: readonly [number, number] | null
  readonly failed_share_before: number | null
}

/** One repository or model; its name is null where it is unknown. */
export interface GroupRow extends Spent {
  readonly name: string | null
  /** Null for models: a use may have several. */
  readonly uses: number | null
}

/** One day, week or month. */
export interface PeriodRow extends Spent {
  /** A day, the Monday of a week (YYYY-MM-DD), or a month (YYYY-MM). */
  readonly name: string
  /** False when the window begins or ends within it. */
  readonly is_whole: boolean
  readonly uses: number
  readonly uses_by_kind: Readonly<Partial<Record<Kind, number>>>
}

export type Measure = 'sessions' | 'turns' | 'uses' | 'calls' | 'failed_share' | 'tokens' | 'cost_usd'

/**
 * `new`: first used in this window. `gone`: not used any more. `unclear`: no change that chance does not
 * explain, or a small one.
 */
export type Verdict = 'new' | 'gone' | 'up' | 'down' | 'unclear' | 'too_little_data'

/** One number now and in the window before. */
export interface Comparison {
  /** The skill; null for totals. */
  readonly skill: ComparedSkill | null
  readonly measure: Measure
  readonly now: number
  readonly before: number
  /** For shares: calls that failed, of all calls. */
  readonly counts: { readonly now: Counts; readonly before: Counts } | null
  /**
   * Sessions of this window with a use of the skill; null for totals, and with too many uses to read each.
   */
  readonly sessions: number | null
  /** For amounts: how many times as much, per hour; null when there was nothing before. */
  readonly ratio: number | null
  /** For shares: the 95% interval of the difference; null when there is too little data. */
  readonly interval: readonly [number, number] | null
  /** The p-value of no difference; null when there is too little data, and for skills that are new. */
  readonly p: number | null
  /** The p-value, corrected for the number of comparisons. */
  readonly q: number | null
  readonly verdict: Verdict
}

export interface ComparedSkill {
  readonly kind: Kind
  readonly skill_name: string
}

export interface Counts {
  readonly failed: number
  readonly calls: number
}
