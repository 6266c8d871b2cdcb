import {
  type ApiRequest,
  type ParsedObservation,
  type ParseResult,
  parseObservation,
  parseSpan,
} from '@skillwatch/schema'
import type { Found, FoundSpan } from './found.ts'
import { findInLogRecord } from './log-records.ts'
import { type Metric, RecordError, readLogRecord, readMetric, readSpan } from './read-records.ts'
import { type Enveloped, readRequest } from './read-request.ts'
import type { Signal } from './signals.ts'
import { findInSpan } from './spans.ts'

/** What a request held. */
export interface Translation {
  readonly observations: readonly Told[]
  /** Spans that tell of no call themselves. */
  readonly around: readonly Told[]
  readonly apiRequests: readonly ApiRequest[]
  /** Why records could not be taken; `count` is more than one for the data points of a metric. */
  readonly rejected: readonly Rejection[]
  /** How many records of each name tell of no call. */
  readonly unused: ReadonlyMap<string, number>
}

interface Told {
  readonly observation: ParsedObservation
  /** What it is counted as while nobody has told enough of its call to record it. */
  readonly whenWaiting: string
}

export interface Rejection {
  readonly index: number
  readonly count: number
  readonly reason: string
}

/**
 * Brings a request in its JSON form into observations. Every record is judged by itself: a bad one harms no other.
 * @throws {ProblemError} when its envelopes cannot be read
 */
export function translate(signal: Signal, request: unknown, nowMs: number): Translation {
  const observations: Told[] = []
  const around: Told[] = []
  const apiRequests: ApiRequest[] = []
  const rejected: Rejection[] = []
  const unused = new Map<string, number>()
  for (const [index, record] of readRequest(signal, request).entries()) {
    const { count, ...found } = FINDERS[signal](record, nowMs)
    if ('unused' in found) {
      unused.set(found.unused, (unused.get(found.unused) ?? 0) + count)
      if (found.around !== undefined)
        around.push({ observation: parseAround(found.around, nowMs), whenWaiting: found.unused })
      continue
    }
    if ('apiRequest' in found) {
      apiRequests.push(found.apiRequest)
      continue
    }
    const parsed = 'rejected' in found ? { pointer: '', reason: found.rejected } : parse(found, nowMs)
    if ('reason' in parsed)
      rejected.push({ index, count, reason: `${parsed.pointer.slice(1)} ${parsed.reason}`.trim() })
    else observations.push({ ...parsed, whenWaiting: 'whenWaiting' in found ? found.whenWaiting : '' })
  }
  return { observations, around, apiRequests, rejected, unused }
}

/** What one record held; a metric counts as its data points. */
type Counted = Found & { readonly count: number }

const FINDERS: Readonly<Record<Signal, (record: Enveloped, nowMs: number) => Counted>> = {
  traces: (record) => ({ ...attempt(() => findInSpan(readSpan(record))), count: 1 }),
  logs: (record, nowMs) => ({ ...attempt(() => findInLogRecord(readLogRecord(record), nowMs)), count: 1 }),
  metrics: (record) => findInMetric(attempt(() => readMetric(record))),
}

/** Nothing of ours is in metrics: they sum up, and calls are told one by one. */
function findInMetric(metric: Metric | { rejected: string }): Counted {
  return 'rejected' in metric
    ? { ...metric, count: 1 }
    : { unused: metric.name || 'metric without name', count: metric.points }
}

function attempt<T>(read: () => T): T | { rejected: string } {
  try {
    return read()
  } catch (error) {
    if (error instanceof RecordError) return { rejected: error.message }
    throw error
  }
}

function parse(found: Extract<Found, { observation: unknown }>, nowMs: number): ParseResult {
  if ('span' in found) return parseSpan(found.observation, found.span, nowMs)
  const parsed = parseObservation(found.observation, nowMs, missingId)
  if ('reason' in parsed) return parsed
  Object.assign(parsed.observation.fields, found.sizes)
  return {
    observation: found.uncorrelated ? { ...parsed.observation, uncorrelated: true } : parsed.observation,
  }
}

/** A session or agent that cannot be taken is not inherited. */
function parseAround({ observation, span }: FoundSpan, nowMs: number): ParsedObservation {
  const parsed = parseSpan(observation, span, nowMs)
  if ('observation' in parsed) return parsed.observation
  const { trace_id, span_id } = span
  return { invocation_id: `${trace_id}-${span_id}`, witness: 'otel_span', fields: {}, span }
}

function missingId(): never {
  throw new TypeError('every observation from OpenTelemetry has an id of its own')
}
