import type { ExperimentStatus, Finding, Kind, Outcome, SkillOrder } from '@skillwatch/schema'

export interface ReadOptions {
  /** Stops the read, which then rejects with the signal's reason. */
  signal?: AbortSignal | undefined
}

/** What every list takes. */
export interface ListQuery extends ReadOptions {
  /** Items on a page; default 100, at most 1,000. */
  limit?: number | undefined
  /** `next_cursor` of another page: the list then begins after that page. */
  cursor?: string | undefined
}

export interface SkillQuery extends ListQuery {
  /** All kinds by default. */
  kind?: Kind | undefined
  /** Exact name; of all kinds, unless `kind` is given. */
  skill_name?: string | undefined
  /** Only skills whose name begins with it. */
  prefix?: string | undefined
  /** Default `invocation_count`. */
  order_by?: SkillOrder | undefined
  /** Default `desc`, the highest first. */
  order?: 'asc' | 'desc' | undefined
}

export interface SessionQuery extends ListQuery {
  /** Only sessions whose id begins with it. */
  prefix?: string | undefined
  /** By the last activity; default `desc`, the latest active first. */
  order?: 'asc' | 'desc' | undefined
}

/** All given fields must match. */
export interface InvocationQuery extends ListQuery {
  kind?: Kind | undefined
  /** Exact name. */
  skill_name?: string | undefined
  /** Exact id. */
  session_id?: string | undefined
  outcome?: Outcome | undefined
  /** Exact phase. */
  workflow_phase?: string | undefined
  /** From here on: an age such as `7d` (m, h, d or w), RFC 3339 with offset, or epoch milliseconds. */
  since?: string | number | undefined
  /** Up to here, excluded: an age, RFC 3339 with offset, or epoch milliseconds. */
  until?: string | number | undefined
  /** By `invoked_at`; default `desc`, the latest first. */
  order?: 'asc' | 'desc' | undefined
}

/** All given fields must match. */
export interface UseQuery extends ListQuery {
  kind?: Kind | undefined
  /** Exact name. */
  skill_name?: string | undefined
  /** Exact id. */
  session_id?: string | undefined
  /** Exact id. */
  prompt_id?: string | undefined
  /** An age such as `7d`, RFC 3339, or epoch milliseconds; included. */
  since?: string | number | undefined
  /** The same; excluded. */
  until?: string | number | undefined
  /** By `began_at`; default `desc`. */
  order?: 'asc' | 'desc' | undefined
}

/** All given fields must match. */
export type TurnQuery = Omit<UseQuery, 'kind' | 'skill_name' | 'prompt_id'>

/** All given fields must match. */
export interface FindingQuery extends ListQuery {
  /** All types by default. */
  type?: Finding['type'] | undefined
  /** Default `open`. */
  state?: 'open' | 'resolved' | 'all' | undefined
  kind?: Kind | undefined
  /** Exact name. */
  skill_name?: string | undefined
  /** An age such as `7d`, RFC 3339, or epoch milliseconds; included. */
  since?: string | number | undefined
  /** The same; excluded. */
  until?: string | number | undefined
  /** By `opened_at`; default `desc`. */
  order?: 'asc' | 'desc' | undefined
}

/** All given fields must match. */
export interface BaselineQuery extends ListQuery {
  kind?: Kind | undefined
  /** Exact name. */
  skill_name?: string | undefined
  /** By kind and name; default `asc`. */
  order?: 'asc' | 'desc' | undefined
}

export interface ExperimentQuery extends ListQuery {
  /** All by default. */
  status?: ExperimentStatus | undefined
  /** By when they were created; default `desc`. */
  order?: 'asc' | 'desc' | undefined
}

export interface MetricsQuery extends ReadOptions {
  /** All kinds by default. */
  kind?: Kind | undefined
  /** Skills in the answer, the most used first; default 10, at most 100. */
  limit?: number | undefined
}
