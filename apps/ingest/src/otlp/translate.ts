import {
  type ApiRequest,
  type ParsedObservation,
  type ParseResult,
  type PromptInput,
  parseObservation,
  parsePrompt,
  parseSpan,
} from '@skillwatch/schema'
import { translateLogRecord } from './claude-code-events/index.ts'
import type { CallSpanExtraction, Extraction, ObservationExtraction, SpanExtraction } from './extraction.ts'
import { type Metric, RecordError, readLogRecord, readMetric, readSpan } from './read-records.ts'
import { type Enveloped, readRequest } from './read-request.ts'
import type { Signal } from './signals.ts'
import { translateSpan } from './spans.ts'

/** The contents of a request. */
export interface Translation {
  readonly observations: TranslatedObservation[]
  /** Spans without a call of their own, from which other spans inherit. */
  readonly contexts: TranslatedObservation[]
  readonly apiRequests: ApiRequest[]
  /** Prompts of records that are about a call too. */
  readonly prompts: ParsedObservation[]
  readonly rejected: Rejection[]
  /** Numbers of records without a call, by name. */
  readonly unused: Map<string, number>
}

export interface TranslatedObservation {
  /** The index of its record in the request. */
  readonly index: number
  readonly observation: ParsedObservation
  /** The name that it is counted under, as unused, until other spans complete its call. */
  readonly waitingName: string
}

/** Why a record was not accepted. */
export interface Rejection {
  readonly index: number
  /** More than one for the data points of a metric. */
  readonly count: number
  readonly reason: string
}

/**
 * Translates a request in its JSON form. Each record is translated by itself, so a bad one does not affect
 * the others.
 * @throws {ProblemError} when the envelopes cannot be read
 */
export function translate(signal: Signal, request: unknown, nowMs: number): Translation {
  const translation: Translation = {
    observations: [],
    contexts: [],
    apiRequests: [],
    prompts: [],
    rejected: [],
    unused: new Map(),
  }
  for (const [index, record] of readRequest(signal, request).entries())
    addExtraction(translation, TRANSLATORS[signal](record, nowMs), index, nowMs)
  return translation
}

/** The extraction of one record. A metric counts as its data points. */
type CountedExtraction = Extraction & { readonly count: number }

function addExtraction(
  translation: Translation,
  extraction: CountedExtraction,
  index: number,
  nowMs: number,
): void {
  const { contexts, apiRequests, rejected, unused } = translation
  const { count } = extraction
  if ('apiRequest' in extraction) apiRequests.push(extraction.apiRequest)
  else if ('prompt' in extraction && !('observation' in extraction))
    addParsed(translation, parsePrompt(extraction.prompt, nowMs), { index, count, waitingName: '' })
  else if ('rejected' in extraction) rejected.push({ index, count, reason: extraction.rejected })
  else if ('unused' in extraction) {
    unused.set(extraction.unused, (unused.get(extraction.unused) ?? 0) + count)
    const { context, unused: waitingName } = extraction
    if (context) contexts.push({ index, observation: parseContext(context, nowMs), waitingName })
  } else {
    const waitingName = 'waitingName' in extraction ? extraction.waitingName : ''
    addParsed(translation, parse(extraction, nowMs), { index, count, waitingName })
    if ('prompt' in extraction && extraction.prompt) addPrompt(translation, extraction.prompt, nowMs)
  }
}

function addParsed(
  { observations, rejected }: Translation,
  parsed: ParseResult,
  { index, count, waitingName }: { index: number; count: number; waitingName: string },
): void {
  if ('reason' in parsed) rejected.push({ index, count, reason: reasonOf(parsed) })
  else observations.push({ index, ...parsed, waitingName })
}

/** What a record says of its call is recorded also where its prompt is refused. */
function addPrompt({ prompts }: Translation, prompt: PromptInput, nowMs: number): void {
  const parsed = parsePrompt(prompt, nowMs)
  if ('observation' in parsed) prompts.push(parsed.observation)
}

function reasonOf({ pointer, reason }: { pointer: string; reason: string }): string {
  return `${pointer.slice(1)} ${reason}`.trim()
}

const TRANSLATORS: Readonly<Record<Signal, (record: Enveloped, nowMs: number) => CountedExtraction>> = {
  traces: (record) => ({ ...attempt(() => translateSpan(readSpan(record))), count: 1 }),
  logs: (record, nowMs) => ({
    ...attempt(() => translateLogRecord(readLogRecord(record), nowMs)),
    count: 1,
  }),
  metrics: (record) => translateMetric(attempt(() => readMetric(record))),
}

/** Metrics are not used: they are sums, and calls are recorded one by one. */
function translateMetric(metric: Metric | { rejected: string }): CountedExtraction {
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

function parse(extraction: ObservationExtraction | CallSpanExtraction, nowMs: number): ParseResult {
  if ('span' in extraction) return parseSpan(extraction.observation, extraction.span, nowMs)
  const parsed = parseObservation(extraction.observation, nowMs, missingId)
  if ('reason' in parsed) return parsed
  const { observation } = parsed
  Object.assign(observation.fields, extraction.sizes)
  return { observation: extraction.uncorrelated ? { ...observation, uncorrelated: true } : observation }
}

/** A context whose session or agent is refused is recorded without them. */
function parseContext({ observation, span }: SpanExtraction, nowMs: number): ParsedObservation {
  const parsed = parseSpan(observation, span, nowMs)
  if ('observation' in parsed) return parsed.observation
  const { trace_id, span_id } = span
  return { invocation_id: `${trace_id}-${span_id}`, witness: 'otel_span', fields: {}, span }
}

function missingId(): never {
  throw new TypeError('every observation from OpenTelemetry has an id of its own')
}
