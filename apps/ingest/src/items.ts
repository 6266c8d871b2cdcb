import { isUtf8 } from 'node:buffer'
import {
  type ParsedObservation,
  type ParseResult,
  parseObservation,
  type RejectedItem,
} from '@skillwatch/schema'
import { uuidV7 } from '@skillwatch/schema/uuid-v7'
import { ProblemError } from '@skillwatch/service'
import { type JsonShape, refuseShape } from './json-shape.ts'

const REASONS = {
  'too deep': 'is nested too deep to be an observation',
  'too many parts': 'has an item with too many fields or list entries to be an observation',
  'too many items': 'is a list where one observation was expected',
}

/** One item of a request: its value, or the reason why it cannot be read. */
export type Item = { value: unknown } | { reason: string }

/**
 * The items of a JSON body: those of an array, or the single value. JSON.parse makes `__proto__` an own
 * property, so the check of the item refuses it like any unknown field.
 * @throws {ProblemError} when the body is not JSON in UTF-8, or contains too many items
 */
export function readJsonItems(body: Buffer, itemsMax: number): Item[] {
  const text = decode(body)
  const shape = refuseShape(text, itemsMax)
  if (shape === 'too many items') throw tooMany(itemsMax)
  const parsed = shape ? { reason: REASONS[shape] } : parseJson(text)
  if ('reason' in parsed) throw new ProblemError('invalid-request', `the body ${parsed.reason}`)
  const values = Array.isArray(parsed.value) ? parsed.value : [parsed.value]
  if (values.length > itemsMax) throw tooMany(itemsMax)
  return values.map((value) => ({ value }))
}

/**
 * The value of a JSON body that is no list of items.
 * @throws {ProblemError} when the body is not JSON in UTF-8, or has another shape
 */
export function readJson(body: Buffer, shape: JsonShape): unknown {
  const text = decode(body)
  const parsed = refuseShape(text, 1, shape)
    ? { reason: 'is nested too deep, or has too many parts; see /docs' }
    : parseJson(text)
  if ('reason' in parsed) throw new ProblemError('invalid-request', `the body ${parsed.reason}`)
  return parsed.value
}

/**
 * The items of an NDJSON body: one for each line that is not blank. A line that is not JSON is an item with
 * a reason.
 * @throws {ProblemError} when the body is not UTF-8, or contains too many items
 */
export function readNdjsonItems(body: Buffer, itemsMax: number): Item[] {
  const lines: string[] = []
  for (const line of linesOf(decode(body))) {
    if (line.trim() !== '') lines.push(line)
    if (lines.length > itemsMax) throw tooMany(itemsMax)
  }
  return lines.map(parseLine)
}

/** Why the recorder refused one item of a request. */
export const CANNOT_BE_STORED = 'cannot be stored; the log of ingest has the reason'

export interface ParsedItems {
  readonly observations: readonly ParsedObservation[]
  /** The index of the item of each observation. */
  readonly indexes: readonly number[]
  readonly rejected: readonly RejectedItem[]
  /** Ids of all items in order, null for a rejected one. Undefined when every item has an id of its own. */
  readonly invocationIds: readonly (string | null)[] | undefined
}

/** Parses the value of one item. @param createId creates the id of an item that has none */
export type ParseItem = (value: unknown, nowMs: number, createId: () => string) => ParseResult

/**
 * Parses each item by itself. Bad items are returned with what is wrong with them; the others are accepted
 * (R9).
 */
export function parseItems(
  items: readonly Item[],
  nowMs: number,
  parse: ParseItem = parseObservation,
): ParsedItems {
  const observations: ParsedObservation[] = []
  const indexes: number[] = []
  const rejected: RejectedItem[] = []
  const invocationIds: (string | null)[] = []
  let createdIds = false
  const createId = () => {
    createdIds = true
    return uuidV7(nowMs)
  }
  items.forEach((item, index) => {
    const result =
      'reason' in item ? { pointer: '', reason: item.reason } : parse(item.value, nowMs, createId)
    if ('observation' in result) {
      observations.push(result.observation)
      indexes.push(index)
      invocationIds.push(result.observation.invocation_id)
    } else {
      rejected.push({ index, ...result })
      invocationIds.push(null)
    }
  })
  return { observations, indexes, rejected, invocationIds: createdIds ? invocationIds : undefined }
}

/** Yields lines one by one, so that a body of line breaks alone does not become millions of strings. */
function* linesOf(text: string): Generator<string> {
  let start = 0
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    if (end > start) yield text.slice(start, end)
    start = end + 1
  }
  yield text.slice(start)
}

function decode(body: Buffer): string {
  if (!isUtf8(body)) throw new ProblemError('invalid-request', 'the body is not UTF-8')
  return new TextDecoder().decode(body)
}

function parseJson(text: string): Item {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { reason: `is not JSON: ${(error as SyntaxError).message.slice(0, 200).toWellFormed()}` }
  }
}

function parseLine(line: string): Item {
  const shape = refuseShape(line, 1)
  return shape ? { reason: REASONS[shape] } : parseJson(line)
}

function tooMany(itemsMax: number): ProblemError {
  return new ProblemError(
    'content-too-large',
    `there are more than ${itemsMax} items in the request; send smaller batches`,
  )
}
