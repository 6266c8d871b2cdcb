import type { ObservedFields, Outcome } from '@skillwatch/schema'
import { COLUMN_NAMES, FIELDS, type ResolvedRow } from '../fields.ts'
import type { WitnessRecord } from '../witness-record.ts'
import { byPrecedence, mergeWitnesses, witnessList } from './merge.ts'

interface Times {
  readonly invoked_at_ms: number
  readonly ended_at_ms: number | undefined
}

/**
 * The row that all witness records of an invocation make. A pure function of the set of records and of the
 * end of the session, so that equal sets give equal rows whatever the order of arrival (R4).
 * @param sessionEndedAtMs a call that began before it and has no result is `abandoned`
 */
export function resolve(records: readonly WitnessRecord[], sessionEndedAtMs?: number): ResolvedRow {
  const merged = mergeWitnesses(records)
  const times = resolveTimes(merged, records)
  const reported = resolveOutcome(merged)
  const isCutOff =
    reported === 'running' && sessionEndedAtMs !== undefined && times.invoked_at_ms <= sessionEndedAtMs
  const outcome = isCutOff ? 'abandoned' : reported
  const row: Record<string, unknown> = {}
  for (const column of COLUMN_NAMES) row[column] = toColumn(column, merged[column])
  row.kind ??= 'skill'
  row.trigger ??= 'unknown'
  row.invoked_at_ms = times.invoked_at_ms
  row.ended_at_ms = isCutOff ? sessionEndedAtMs : outcome === 'running' ? null : (times.ended_at_ms ?? null)
  row.outcome = outcome
  row.elapsed_ms = resolveElapsed(merged, times)
  row.error_type = resolveErrorType(records, outcome) ?? null
  row.witnesses = witnessList(records)
  return row as unknown as ResolvedRow
}

function toColumn(column: (typeof COLUMN_NAMES)[number], value: unknown): unknown {
  if (value === undefined) return null
  return FIELDS[column].column === 'json' ? JSON.stringify(value) : value
}

/**
 * An end without an outcome is a success, with an error class a failure; without either the call still runs.
 */
function resolveOutcome(fields: ObservedFields): Outcome {
  if (fields.outcome !== undefined && fields.outcome !== 'running') return fields.outcome
  if (fields.error_type !== undefined) return 'failed'
  const ended = fields.ended_at_ms ?? fields.execution_ms ?? fields.elapsed_ms
  return ended === undefined ? 'running' : 'completed'
}

/**
 * Outcome and error class are one group: a completed call has no error, and the class comes from a witness
 * that does not report another outcome.
 */
function resolveErrorType(records: readonly WitnessRecord[], outcome: Outcome): string | undefined {
  if (outcome === 'completed' || outcome === 'running') return undefined
  return byPrecedence(records, FIELDS.error_type.precedence).find(
    ({ fields }) => fields.error_type !== undefined && mayBe(fields.outcome, outcome),
  )?.fields.error_type
}

function mayBe(reported: Outcome | undefined, outcome: Outcome): boolean {
  return reported === undefined || reported === 'running' || reported === outcome
}

/**
 * Begin and end are one group: where the best clocks contradict each other, both come from the best clock
 * that reports both. An end before the begin is moved to it.
 */
function resolveTimes(merged: ObservedFields, records: readonly WitnessRecord[]): Times {
  const { invoked_at_ms: begin, ended_at_ms: end } = merged
  if (begin !== undefined && end !== undefined) {
    if (end >= begin) return { invoked_at_ms: begin, ended_at_ms: end }
    return timesOfOneClock(records) ?? { invoked_at_ms: begin, ended_at_ms: begin }
  }
  const durationMs = merged.elapsed_ms ?? merged.execution_ms
  if (begin !== undefined) {
    return {
      invoked_at_ms: begin,
      ended_at_ms: durationMs === undefined ? undefined : Math.round(begin + durationMs),
    }
  }
  if (end !== undefined) return { invoked_at_ms: Math.round(end - (durationMs ?? 0)), ended_at_ms: end }
  const receivedAtMs = firstReceivedAtMs(records)
  return {
    invoked_at_ms: receivedAtMs,
    ended_at_ms: durationMs === undefined ? undefined : Math.round(receivedAtMs + durationMs),
  }
}

function timesOfOneClock(records: readonly WitnessRecord[]): Times | undefined {
  for (const { fields } of byPrecedence(records, FIELDS.invoked_at_ms.precedence)) {
    const { invoked_at_ms, ended_at_ms } = fields
    if (invoked_at_ms !== undefined && ended_at_ms !== undefined && ended_at_ms >= invoked_at_ms) {
      return { invoked_at_ms, ended_at_ms }
    }
  }
  return undefined
}

/** As reported, or the time between a reported begin and a reported end; contradicting clocks give none. */
function resolveElapsed(merged: ObservedFields, times: Times): number | null {
  if (merged.elapsed_ms !== undefined) return merged.elapsed_ms
  if (merged.invoked_at_ms === undefined || merged.ended_at_ms === undefined) return null
  if (times.ended_at_ms === undefined) return null
  const elapsedMs = times.ended_at_ms - times.invoked_at_ms
  return merged.ended_at_ms >= merged.invoked_at_ms || elapsedMs > 0 ? elapsedMs : null
}

/**
 * The end that the best clock reports, in epoch milliseconds. It differs from the row's where clocks
 * contradict each other. Correlation compares it with the end of an observation, which has the same clock.
 */
export function reportedEndMs(records: readonly WitnessRecord[]): number | undefined {
  return byPrecedence(records, FIELDS.ended_at_ms.precedence).find(
    ({ fields }) => fields.ended_at_ms !== undefined,
  )?.fields.ended_at_ms
}

/** When the first of the witnesses was received, in epoch milliseconds. */
export function firstReceivedAtMs(records: readonly WitnessRecord[]): number {
  return records.reduce((least, record) => Math.min(least, record.received_at_ms), Number.POSITIVE_INFINITY)
}
