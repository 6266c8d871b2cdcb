import type { KnownBefore } from '@skillwatch/analytics/predict'
import {
  endedSince,
  getPrediction,
  getPredictionRun,
  getSkillMetrics,
  lastCallsOfSession,
  type Reader,
  sessionBegin,
  snapshot,
} from '@skillwatch/db'
import { formatInstant, type Kind, type Prediction, type ReportedPrediction } from '@skillwatch/schema'

/** A call that someone asks about. */
export interface AskedCall {
  readonly kind: Kind
  readonly skill_name: string
  readonly workflow_phase: string | null
  /** Null for a new session. */
  readonly session_id: string | null
  /** When it would begin. */
  readonly atMs: number
  /** Until when outcomes are known. */
  readonly nowMs: number
}

const DAY_MS = 86_400_000

/**
 * The probability that a call completes; undefined when the skill is not recorded. Reads the model, one row
 * for each hour of a week, and the last calls of the session.
 */
export async function answerCall(
  reader: Reader,
  projectId: number,
  asked: AskedCall,
): Promise<Prediction | undefined> {
  // Loaded with the first answer: its distributions take time to load that other reads need not spend.
  const analytics = await import('@skillwatch/analytics/predict')
  return snapshot(reader, () => {
    const metrics = getSkillMetrics(reader, projectId, asked.kind, asked.skill_name)
    if (metrics === undefined) return undefined
    const run = getPredictionRun(reader, projectId) ?? null
    const known = knownBefore(reader, projectId, asked, { ...analytics, timeZone: run?.time_zone ?? 'UTC' })
    const { kind, skill_name, atMs } = asked
    const head = { kind, skill_name, at: formatInstant(atMs), known: known as Prediction['known'], run }
    const stored = getPrediction(reader, projectId, asked)
    if (stored === undefined) return { ...head, ...withoutModel(metrics) }
    const { verdict, base_rate, base_rate_interval, judgement } = stored
    const lacks = stored.lacks && withoutFlag(stored.lacks)
    const answer = analytics.predictCall(stored, known)
    const { probability, source } = answer
    const interval = answer.interval && ([...answer.interval] as [number, number])
    return {
      ...{ ...head, probability, interval, source },
      ...{ verdict, base_rate, base_rate_interval, lacks, judgement },
    }
  })
}

type Analytics = Pick<
  typeof import('@skillwatch/analytics/predict'),
  'localClock' | 'SESSION_CALLS_MAX' | 'sessionPast' | 'TimeZone' | 'trailingSince'
>

function knownBefore(
  reader: Reader,
  projectId: number,
  { atMs, nowMs, session_id, workflow_phase, ...skill }: AskedCall,
  { timeZone, ...analytics }: Analytics & { readonly timeZone: string },
): KnownBefore {
  const [day, week] = [DAY_MS, 7 * DAY_MS].map((windowMs) =>
    endedSince(reader, projectId, skill, analytics.trailingSince(nowMs, windowMs)),
  )
  const last = { beforeMs: nowMs, limit: analytics.SESSION_CALLS_MAX }
  const calls = session_id === null ? [] : lastCallsOfSession(reader, projectId, session_id, last)
  const begin = session_id === null ? undefined : sessionBegin(reader, projectId, session_id)
  return {
    ...analytics.localClock(new analytics.TimeZone(timeZone), atMs),
    ...{ calls_24h: day!.calls, completed_24h: day!.completed },
    ...{ calls_7d: week!.calls, completed_7d: week!.completed },
    position: begin?.calls ?? 0,
    session_ms: begin === undefined ? 0 : Math.max(0, nowMs - begin.firstInvokedAtMs),
    ...analytics.sessionPast(calls, calls.length, nowMs, skill),
    workflow_phase,
  }
}

/** The answer about a skill that no report has: the completed share of all of its calls. */
function withoutModel(metrics: {
  readonly invocation_count: number
  readonly running_count: number
  readonly completed_count: number
}) {
  const ended = metrics.invocation_count - metrics.running_count
  const base_rate = ended === 0 ? null : metrics.completed_count / ended
  return {
    ...{ probability: base_rate, interval: null, source: 'base rate' as const },
    ...{ verdict: 'not enough data' as const, base_rate, base_rate_interval: null },
    ...{ lacks: null, judgement: null },
  }
}

function withoutFlag({ enough: _, ...lacks }: NonNullable<ReportedPrediction['lacks']>) {
  return lacks
}
