import { Compile } from 'typebox/compile'
import type { CreateExperiment, ExperimentGroup, ExperimentMetric } from './experiment.ts'
import { ExperimentOutcome, ExperimentRecord } from './experiment.ts'
import { firstError, type Refusal } from './first-error.ts'
import { parseInstant } from './parse-instant.ts'
import { redactShapes } from './redact-shapes.ts'
import type { AbTestConfigRow } from './tables/experiments.ts'

/** An experiment that passed every check, with its defaults, as its row holds it. */
export type ParsedExperiment = Pick<
  AbTestConfigRow,
  | 'test_name'
  | 'description'
  | 'control_strategy'
  | 'treatment_strategy'
  | 'end_date_ms'
  | 'min_sample_size'
  | 'metrics'
  | 'assignment_ratio'
  | 'min_effect'
  | 'cost_cap_usd'
> & {
  /** Undefined: when it is stored. */
  readonly start_date_ms?: number
}

/** What happened to a user once, without the user. */
export interface ParsedOutcome {
  readonly outcome_id: string
  readonly skill_name: string
  readonly completed: number
  readonly duration_seconds: number | null
  readonly rating: number | null
  readonly cost_usd: number | null
  readonly recorded_at_ms: number
}

/** An assignment, or an outcome of a user. `user_id` is hashed when it is stored. */
export interface ParsedExperimentRecord {
  readonly test_name: string
  readonly user_id: string
  /** The group that an assignment expects. */
  readonly group_name?: ExperimentGroup
  /** Absent: the record assigns the user. */
  readonly outcome?: ParsedOutcome
}

/** What matters when nothing is given; of money nothing can be said. */
const MIN_EFFECTS: Readonly<Record<Exclude<ExperimentMetric, 'cost_usd'>, number>> = {
  completion_rate: 0.1,
  duration_seconds: 0.2,
  rating: 0.5,
}

/**
 * Checks what the schema of a new experiment cannot say, and adds its defaults.
 * @param nowMs the server's clock
 */
export function parseExperiment(
  input: CreateExperiment,
  nowMs: number,
): { experiment: ParsedExperiment } | Refusal {
  const {
    start_date,
    end_date,
    metrics = ['completion_rate', 'duration_seconds', 'rating', 'cost_usd'],
  } = input
  const period = parsePeriod(start_date, end_date, nowMs)
  if ('pointer' in period) return period
  if (redactShapes(input.test_name) !== input.test_name)
    return { pointer: '/test_name', reason: 'looks like a secret' }
  const primary = metrics[0]!
  const min_effect = input.min_effect ?? (primary === 'cost_usd' ? undefined : MIN_EFFECTS[primary])
  if (min_effect === undefined)
    return { pointer: '/min_effect', reason: 'is required when cost_usd is first' }
  if (primary === 'completion_rate' && min_effect >= 1)
    return { pointer: '/min_effect', reason: 'is a difference of shares, so it is below 1' }
  const experiment = {
    test_name: input.test_name,
    description: input.description === undefined ? null : redactShapes(input.description),
    control_strategy: redactShapes(input.control_strategy),
    treatment_strategy: redactShapes(input.treatment_strategy),
    ...period,
    min_sample_size: input.min_sample_size ?? 100,
    metrics: JSON.stringify(metrics),
    assignment_ratio: input.assignment_ratio ?? 0.5,
    min_effect,
    cost_cap_usd: input.cost_cap_usd ?? 1,
  }
  return { experiment }
}

type Period = Pick<ParsedExperiment, 'start_date_ms' | 'end_date_ms'>

/** An experiment may be planned for up to a year ahead. */
const AHEAD_MAX_MS = 366 * 86_400_000

function parsePeriod(
  start: string | number | undefined,
  end: string | number | undefined,
  nowMs: number,
): Period | Refusal {
  const latestMs = nowMs + AHEAD_MAX_MS
  const startMs = start === undefined ? undefined : parseInstant(start, latestMs)
  if (typeof startMs === 'object') return { pointer: '/start_date', reason: aheadReason(startMs.reason) }
  const endMs = end === undefined ? null : parseInstant(end, latestMs)
  if (endMs !== null && typeof endMs === 'object')
    return { pointer: '/end_date', reason: aheadReason(endMs.reason) }
  if (endMs !== null && endMs <= Math.max(startMs ?? nowMs, nowMs))
    return { pointer: '/end_date', reason: 'is not after start_date and after now' }
  return { end_date_ms: endMs, ...(startMs !== undefined && { start_date_ms: startMs }) }
}

function aheadReason(reason: string): string {
  return reason.includes('in the future') ? 'is more than a year in the future' : reason
}

const compiled = Compile(ExperimentRecord)
const compiledOutcome = Compile(ExperimentOutcome)
const [assignmentSchema, outcomeSchema] = ExperimentRecord.anyOf.map((schema) => Compile(schema))

/**
 * Checks one item of a request. Never throws.
 * @param createId makes the id of an outcome that has none
 */
export function parseExperimentRecord(
  value: unknown,
  nowMs: number,
  createId: () => string,
): { record: ParsedExperimentRecord } | Refusal {
  if (!compiled.Check(value)) return refuse(value)
  if (value.type === 'outcome') return toRecord(value.test_name, value, nowMs, createId)
  const { type: _, ...record } = value
  return { record }
}

/** The same for an outcome of an experiment that is known. */
export function parseExperimentOutcome(
  value: unknown,
  testName: string,
  nowMs: number,
  createId: () => string,
): { record: ParsedExperimentRecord } | Refusal {
  if (!compiledOutcome.Check(value)) return firstError(compiledOutcome, value)
  return toRecord(testName, value, nowMs, createId)
}

function toRecord(
  test_name: string,
  value: ExperimentOutcome,
  nowMs: number,
  createId: () => string,
): { record: ParsedExperimentRecord } | Refusal {
  const recordedAtMs = value.recorded_at === undefined ? nowMs : parseInstant(value.recorded_at, nowMs)
  if (typeof recordedAtMs === 'object') return { pointer: '/recorded_at', reason: recordedAtMs.reason }
  const outcome = {
    outcome_id: redactShapes(value.outcome_id ?? createId()),
    skill_name: redactShapes(value.skill_name),
    completed: Number(value.completed),
    duration_seconds: value.duration_seconds ?? null,
    rating: value.rating ?? null,
    cost_usd: value.cost_usd ?? null,
    recorded_at_ms: recordedAtMs,
  }
  return { record: { test_name, user_id: value.user_id, outcome } }
}

/** By the type alone, so that a refusal does not name what the other type needs. */
function refuse(value: unknown): Refusal {
  const { type } = (value ?? {}) as { type?: unknown }
  if (type === 'assignment') return firstError(assignmentSchema!, value)
  if (type === 'outcome') return firstError(outcomeSchema!, value)
  return { pointer: '/type', reason: 'must be one of assignment, outcome' }
}
