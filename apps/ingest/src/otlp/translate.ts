import { type ApiRequest, type ParsedObservation, parseObservation } from '@skillwatch/schema'
import type { Found } from './found.ts'
import { findInLogRecord } from './log-records.ts'
import { type Metric, RecordError, readLogRecord, readMetric, readSpan, type Span } from './read-records.ts'
import { type Enveloped, readRequest } from './read-request.ts'
import type { Signal } from './signals.ts'
import { findInSpans } from './spans.ts'

/** What a request held. */
export interface Translation {
  readonly observations: readonly ParsedObservation[]
  readonly apiRequests: readonly ApiRequest[]
  /** Why records could not be taken; `count` is more than one for the data points of a metric. */
  readonly rejected: readonly Rejection[]
  /** How many records of each name tell of no call. */
  readonly unused: ReadonlyMap<string, number>
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
  const observations: ParsedObservation[] = []
  const apiRequests: ApiRequest[] = []
  const rejected: Rejection[] = []
  const unused = new Map<string, number>()
  for (const [index, { count, ...found }] of FINDERS[signal](readRequest(signal, request), nowMs).entries()) {
    if ('unused' in found) {
      unused.set(found.unused, (unused.get(found.unused) ?? 0) + count)
      continue
    }
    if ('apiRequest' in found) {
      apiRequests.push(found.apiRequest)
      continue
    }
    const parsed = 'rejected' in found ? { reason: found.rejected } : parse(found, nowMs)
    if ('reason' in parsed) rejected.push({ index, count, reason: parsed.reason })
    else observations.push(parsed.observation)
  }
  return { observations, apiRequests, rejected, unused }
}

/** What one record held; a metric counts as its data points. */
type Counted = Found & { readonly count: number }

const FINDERS: Readonly<Record<Signal, (records: readonly Enveloped[], nowMs: number) => Counted[]>> = {
  traces: findSpans,
  logs: (records, nowMs) =>
    records.map((record) => ({ ...attempt(() => findInLogRecord(readLogRecord(record), nowMs)), count: 1 })),
  metrics: (records) => records.map((record) => findInMetric(attempt(() => readMetric(record)))),
}

/** Spans are looked at together, for they tell of each other. */
function findSpans(records: readonly Enveloped[]): Counted[] {
  const read = records.map((record) => attempt(() => readSpan(record)))
  const found = findInSpans(read.filter((span): span is Span => !('rejected' in span)))[Symbol.iterator]()
  return read.map((span) => ({ ...('rejected' in span ? span : found.next().value!), count: 1 }))
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

function parse(
  { observation, unanchored, sizes }: Extract<Found, { observation: unknown }>,
  nowMs: number,
): { observation: ParsedObservation } | { reason: string } {
  const parsed = parseObservation(observation, nowMs, missingId)
  if ('reason' in parsed) return { reason: `${parsed.pointer.slice(1)} ${parsed.reason}`.trim() }
  Object.assign(parsed.observation.fields, sizes)
  return { observation: unanchored ? { ...parsed.observation, unanchored } : parsed.observation }
}

function missingId(): never {
  throw new TypeError('every observation from OpenTelemetry has an id of its own')
}
