import type { InvocationRow, ObservedFields, Witness } from '@skillwatch/schema'
import {
  ACTIVATION_FIRST,
  BEST_CLOCK_FIRST,
  CLOSEST_FIRST,
  LOG_NAMES_LAST,
  TRANSCRIPT_BEFORE_SPAN,
  TRANSCRIPT_ELAPSED_FIRST,
} from './merge/precedence.ts'
import { boundedUnion, greater, greaterList, knownTrigger, realName, worseOutcome } from './merge/rules.ts'

/** Everything that follows from one field of an observation. */
interface FieldDeclaration<Value> {
  /** How two values that one witness reports become one. */
  readonly combine: (a: Value, b: Value) => Value
  /** Which witness is believed, first to last. */
  readonly precedence: readonly Witness[]
  /** How its column of `skill_invocation` holds it; `none`: private text that only witness records hold. */
  readonly column: 'plain' | 'json' | 'none'
  /** How the wire shows it: `instant` is RFC 3339 under `…_at` instead of `…_at_ms`. */
  readonly wire: 'plain' | 'instant' | 'none'
  /** The row may hold a value that no witness reported: a default, or one computed from other fields. */
  readonly isDerivable?: true
}

type Reported = Required<ObservedFields>

const text = { combine: greater<string>, precedence: CLOSEST_FIRST, column: 'plain', wire: 'plain' } as const
const largest = { combine: Math.max, precedence: CLOSEST_FIRST, column: 'plain', wire: 'plain' } as const
const smallest = { ...largest, combine: Math.min } as const
const list = { combine: greaterList, precedence: CLOSEST_FIRST, column: 'json', wire: 'plain' } as const
const privateText = { ...text, column: 'none', wire: 'none' } as const
const instant = {
  precedence: BEST_CLOCK_FIRST,
  column: 'plain',
  wire: 'instant',
  isDerivable: true,
} as const

/**
 * The fields of an observation, declared once: columns, comparison, merging and the shape on the wire follow
 * from here. A field that `ObservedFields` has and this table has not does not compile.
 */
export const FIELDS = {
  kind: { ...text, combine: greater, precedence: LOG_NAMES_LAST, isDerivable: true },
  skill_name: { ...text, combine: realName, precedence: LOG_NAMES_LAST },
  session_id: text,
  prompt_id: text,
  agent_name: text,
  agent_version: text,
  model: text,
  repository: text,
  branch: text,
  user_hash: text,
  parent_invocation_id: text,
  trigger: { ...text, combine: knownTrigger, precedence: ACTIVATION_FIRST, isDerivable: true },
  invoked_at_ms: { ...instant, combine: Math.min },
  ended_at_ms: { ...instant, combine: Math.max },
  outcome: { ...text, combine: worseOutcome, precedence: TRANSCRIPT_BEFORE_SPAN, isDerivable: true },
  execution_ms: largest,
  elapsed_ms: { ...largest, precedence: TRANSCRIPT_ELAPSED_FIRST, isDerivable: true },
  error_type: { ...text, precedence: TRANSCRIPT_BEFORE_SPAN },
  workflow_path: text,
  workflow_phase: text,
  workflow_step_id: text,
  user_query: privateText,
  arguments: privateText,
  result: privateText,
  user_query_bytes: largest,
  user_query_hash: text,
  arguments_bytes: largest,
  arguments_hash: text,
  result_bytes: largest,
  result_hash: text,
  alternatives_considered: list,
  selection_rank: smallest,
  follow_up_actions: list,
  rating: largest,
  skill_version: text,
  attributes: { ...list, combine: boundedUnion },
} as const satisfies { readonly [F in keyof Reported]: FieldDeclaration<Reported[F]> }

export type FieldName = keyof typeof FIELDS

/** Fields that have a column. One without a column of its name in `skill_invocation` does not compile. */
export type ColumnName = {
  [F in FieldName]: (typeof FIELDS)[F]['column'] extends 'none' ? never : F
}[FieldName]

/** The part of a row that follows from its witness records; the rest belongs to the database. */
export type ResolvedRow = Pick<InvocationRow, ColumnName | 'witnesses'>

export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[]

export const COLUMN_NAMES = FIELD_NAMES.filter((name) => FIELDS[name].column !== 'none') as ColumnName[]

/** Columns that a new version of a row may change. */
export const RESOLVED_COLUMNS: readonly (keyof ResolvedRow)[] = [...COLUMN_NAMES, 'witnesses']

/**
 * Fields whose column may hold a value that was not reported, in the order of their bits in `sole_record`.
 */
export const DERIVABLE_FIELDS = COLUMN_NAMES.filter((name) => 'isDerivable' in FIELDS[name])
