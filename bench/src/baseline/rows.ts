import { createHash } from 'node:crypto'

/** What a witness reports of a call: the fields of `POST /v1/invocations` that the bench sends. */
export interface Report {
  readonly invocation_id: string
  readonly kind: 'skill' | 'command' | 'agent' | 'mcp' | 'tool'
  readonly skill_name: string
  readonly session_id: string
  /** `sdk` when left out. */
  readonly witness?: 'sdk' | 'hook' | 'otel_log' | 'transcript'
  readonly agent_name?: string
  readonly user_id?: string
  readonly prompt_id?: string
  readonly trigger?: 'user' | 'agent'
  readonly invoked_at?: number
  readonly ended_at?: number
  readonly outcome?: Outcome
  readonly execution_ms?: number
  readonly error_type?: string
  readonly workflow_phase?: string
  readonly skill_version?: string
  readonly attributes?: Readonly<Record<string, string | number>>
}

type Outcome = 'running' | 'completed' | 'failed'

/** The columns of `skill_invocation` that are filled here; the others are null. */
export interface Row {
  readonly kind: Report['kind']
  readonly skill_name: string
  readonly session_id: string
  readonly prompt_id: string | null
  readonly agent_name: string | null
  readonly user_hash: string | null
  readonly trigger: string
  readonly invoked_at_ms: number
  readonly ended_at_ms: number | null
  readonly outcome: Outcome
  readonly execution_ms: number | null
  readonly span_ms: number | null
  readonly error_type: string | null
  readonly workflow_phase: string | null
  readonly skill_version: string | null
  readonly attributes: string | null
  readonly witnesses: string
}

/** The order of the parameters of `insertRow` and `updateRow`. */
const COLUMNS = [
  'kind',
  'skill_name',
  'session_id',
  'prompt_id',
  'agent_name',
  'user_hash',
  'parent_invocation_id',
  'trigger',
  'invoked_at_ms',
  'ended_at_ms',
  'outcome',
  'execution_ms',
  'span_ms',
  'error_type',
  'workflow_path',
  'workflow_phase',
  'workflow_step_id',
  'user_query_bytes',
  'user_query_hash',
  'arguments_bytes',
  'arguments_hash',
  'result_bytes',
  'result_hash',
  'alternatives_considered',
  'selection_rank',
  'follow_up_actions',
  'rating',
  'skill_version',
  'attributes',
  'witnesses',
] as const

const WITNESSES = ['sdk', 'hook', 'otel_log', 'transcript'] as const

/** What one witness reported so far, as its record holds it. */
export interface WitnessFields {
  readonly [field: string]: unknown
}

export function parametersOf(row: Row): unknown[] {
  const values: Readonly<Record<string, unknown>> = { ...row }
  return COLUMNS.map((column) => values[column] ?? null)
}

export function witnessFields(known: WitnessFields | undefined, report: Report): WitnessFields {
  const { invocation_id: _, witness: __, user_id, invoked_at, ended_at, ...fields } = report
  return {
    ...known,
    ...fields,
    ...(invoked_at !== undefined && { invoked_at_ms: invoked_at }),
    ...(ended_at !== undefined && { ended_at_ms: ended_at }),
    ...(user_id !== undefined && { user_hash: hashOf(user_id) }),
  }
}

/**
 * The row with one more report. A later value replaces an earlier one: the mixes of the bench need no more.
 */
export function rowWith(before: Row | undefined, report: Report): Row {
  const text = (field: TextField) => report[field] ?? before?.[field] ?? null
  const invoked_at_ms = report.invoked_at ?? before!.invoked_at_ms
  const ended_at_ms = report.ended_at ?? before?.ended_at_ms ?? null
  return {
    kind: report.kind,
    skill_name: report.skill_name,
    session_id: report.session_id,
    prompt_id: text('prompt_id'),
    agent_name: text('agent_name'),
    user_hash: report.user_id === undefined ? (before?.user_hash ?? null) : hashOf(report.user_id),
    trigger: report.trigger ?? before?.trigger ?? 'unknown',
    invoked_at_ms,
    ended_at_ms,
    outcome: report.outcome ?? before!.outcome,
    execution_ms: report.execution_ms ?? before?.execution_ms ?? null,
    span_ms: ended_at_ms === null ? null : ended_at_ms - invoked_at_ms,
    error_type: text('error_type'),
    workflow_phase: text('workflow_phase'),
    skill_version: text('skill_version'),
    attributes: report.attributes ? sortedJson(report.attributes) : (before?.attributes ?? null),
    witnesses: withWitness(before?.witnesses, report.witness ?? 'sdk'),
  }
}

type TextField = 'prompt_id' | 'agent_name' | 'error_type' | 'workflow_phase' | 'skill_version'

function withWitness(known: string | undefined, witness: string): string {
  const all = new Set([...(known?.split(',') ?? []), witness])
  return WITNESSES.filter((each) => all.has(each)).join(',')
}

function sortedJson(map: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))))
}

/** As long as the keyed hash of a user. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
