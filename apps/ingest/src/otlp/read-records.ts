import { isObject, type JsonObject } from '@skillwatch/schema/claude-code'
import { type Attributes, readAttributes, readValue } from './attributes.ts'
import type { Enveloped } from './read-request.ts'

export interface Span {
  /** Hex. */
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly startNs: bigint | undefined
  readonly endNs: bigint | undefined
  readonly hasErrorStatus: boolean
  readonly attributes: Attributes
  readonly resource: Attributes
  readonly schemaUrl: string | undefined
}

export interface LogRecord {
  /** Name of the event, or empty. */
  readonly eventName: string
  readonly atNs: bigint | undefined
  readonly attributes: Attributes
  readonly resource: Attributes
}

export interface Metric {
  readonly name: string
  readonly points: number
}

/** Why a record cannot be read; its message is sent to the sender. */
export class RecordError extends Error {}

/** @throws {RecordError} */
export function readSpan({ record, resource, schemaUrl }: Enveloped): Span {
  const span = asObject(record, 'the span')
  const status = asObject(span.status ?? {}, 'status')
  return {
    traceId: readId(span.traceId, 'traceId', 16),
    spanId: readId(span.spanId, 'spanId', 8),
    parentSpanId: isEmpty(span.parentSpanId) ? undefined : readId(span.parentSpanId, 'parentSpanId', 8),
    name: readText(span.name, 'name'),
    startNs: readNanoseconds(span.startTimeUnixNano, 'startTimeUnixNano'),
    endNs: readNanoseconds(span.endTimeUnixNano, 'endTimeUnixNano'),
    hasErrorStatus: status.code === 2 || status.code === 'STATUS_CODE_ERROR',
    attributes: readAttributes(asList(span.attributes, 'attributes')),
    resource,
    schemaUrl,
  }
}

/** @throws {RecordError} */
export function readLogRecord({ record, resource }: Enveloped): LogRecord {
  const log = asObject(record, 'the log record')
  const attributes = readAttributes(asList(log.attributes, 'attributes'))
  return {
    eventName: readText(log.eventName, 'eventName') || eventNameIn(attributes, log.body),
    atNs:
      readNanoseconds(log.timeUnixNano, 'timeUnixNano') ??
      readNanoseconds(log.observedTimeUnixNano, 'observedTimeUnixNano'),
    attributes,
    resource,
  }
}

/** @throws {RecordError} */
export function readMetric({ record }: Enveloped): Metric {
  const metric = asObject(record, 'the metric')
  const kinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const
  const points = kinds.map(
    (kind) => asList(asObject(metric[kind] ?? {}, kind).dataPoints, 'dataPoints').length,
  )
  return { name: readText(metric.name, 'name'), points: points.reduce((sum, count) => sum + count, 0) }
}

/**
 * The name of an event from senders older than the field `eventName`: an attribute, or the body of Claude
 * Code's records. Other bodies may contain what people wrote and are not read.
 */
function eventNameIn(attributes: Attributes, body: unknown): string {
  const name = attributes.get('event.name')
  if (typeof name === 'string' && name !== '') return name
  const text = readValue(body)
  return typeof text === 'string' && text.startsWith('claude_code.') ? text : ''
}

/** Reads an id: hex in JSON, bytes in protobuf. All zeros means that there is none. */
function readId(value: unknown, field: string, bytes: number): string {
  const hex = value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
  if (typeof hex !== 'string' || hex.length !== 2 * bytes || !/^[0-9a-f]+$/i.test(hex) || /^0+$/.test(hex)) {
    throw new RecordError(`${field} is not ${bytes} bytes in hex that are not all zero`)
  }
  return hex.toLowerCase()
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    (value instanceof Uint8Array && value.length === 0)
  )
}

function readNanoseconds(value: unknown, field: string): bigint | undefined {
  if (value === undefined || value === null) return undefined
  const isWhole =
    typeof value === 'number' ? Number.isSafeInteger(value) || value > 2 ** 53 : isDigits(value)
  if (!isWhole || Number(value) < 0 || Number(value) >= 2 ** 64) {
    throw new RecordError(`${field} is not a time in nanoseconds since 1970`)
  }
  const nanoseconds = BigInt(value as string | number)
  return nanoseconds === 0n ? undefined : nanoseconds
}

function isDigits(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,20}$/.test(value)
}

function readText(value: unknown, field: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') throw new RecordError(`${field} is not text`)
  return value.toWellFormed()
}

function asObject(value: unknown, what: string): JsonObject {
  if (!isObject(value)) throw new RecordError(`${what} is not an object`)
  return value
}

function asList(value: unknown, field: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new RecordError(`${field} is not a list`)
  return value
}
