import type {
  DependencyUnit,
  ExperimentStatus,
  Finding,
  Kind,
  Outcome,
  SkillFileKind,
  SkillOrder,
} from '@skillwatch/schema'

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

/** What `dependencies` and `transitions` both take. */
interface LiftQuery extends ListQuery {
  /** Within what skills are counted; default `session`. */
  unit?: DependencyUnit | undefined
  /** Only those with at least this lift. */
  min_lift?: number | undefined
  /** Only those with at most this q-value; default 0.05, and 1 for all that are stored. */
  q_max?: number | undefined
}

/** All given fields must match. */
export interface DependencyQuery extends LiftQuery {
  /** Of either of the two; with `skill_name`, of that one. */
  kind?: Kind | undefined
  /** Exact name of either of the two. */
  skill_name?: string | undefined
}

/** All given fields must match. */
export interface TransitionQuery extends LiftQuery {
  /** Exact name of what was called first. */
  from?: string | undefined
  from_kind?: Kind | undefined
  /** Exact name of what was called next. */
  to?: string | undefined
  to_kind?: Kind | undefined
}

export interface SimilarQuery extends ReadOptions {
  /** Exact name of the skill whose similar skills are wanted. */
  skill_name: string
  /** All kinds of that name by default. */
  kind?: Kind | undefined
  /** Similar skills in the answer; default 20, at most 100. */
  limit?: number | undefined
}

/** At most one of `user_id`, `query` and `workflow_phase`. */
export interface RecommendationQuery extends ReadOptions {
  /** The person, as calls report it. */
  user_id?: string | undefined
  /** What is to be done, in words that may be in names or descriptions. */
  query?: string | undefined
  /** Exact phase. */
  workflow_phase?: string | undefined
  /** Skills in the answer; default 5, at most 100. */
  limit?: number | undefined
}

export interface PredictionQuery extends ReadOptions {
  /** Exact name of what is called. */
  skill_name: string
  /** Needed where several kinds have the name. */
  kind?: Kind | undefined
  /** The phase of the call. */
  workflow_phase?: string | undefined
  /** The session of the call; without it, a new one. */
  session_id?: string | undefined
  /** When the call begins: RFC 3339 with offset, or epoch milliseconds; default now. */
  at?: string | number | undefined
}

export interface WorkflowQuery extends ReadOptions {
  /** Only this phase, and the transitions from and to it. */
  workflow_phase?: string | undefined
  /** Skills of each phase in the answer; default 20, at most 200. */
  skills?: number | undefined
}

export interface HygieneQuery extends ReadOptions {
  /** The window that ends now, in days; default 30, from 7 to 365. */
  days?: number | undefined
  /** Items of each list in the answer; default 100, at most 1,000. */
  limit?: number | undefined
}

/** All given fields must match. */
export interface SkillFileQuery extends ListQuery {
  kind?: SkillFileKind | undefined
  /** Exact name. */
  skill_name?: string | undefined
}

/** All given fields must match. */
export interface TaxonomyQuery extends ListQuery {
  kind?: Kind | undefined
  /** Exact name. */
  skill_name?: string | undefined
  /** Only skills of this category, by its exact name. */
  category?: string | undefined
  /** True: only skills that a person should look at. */
  review?: boolean | undefined
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
