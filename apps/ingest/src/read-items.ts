import { isUtf8 } from 'node:buffer'
import { ProblemError } from '@skillwatch/service'
import { refuseShape } from './json-shape.ts'

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
