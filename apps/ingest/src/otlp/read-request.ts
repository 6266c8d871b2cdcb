import { isObject, type JsonObject } from '@skillwatch/schema/claude-code'
import { ProblemError } from '@skillwatch/service'
import { type Attributes, readAttributes } from './attributes.ts'
import { SIGNALS, type Signal } from './signals.ts'

/** One record with the data of its envelopes. */
export interface Enveloped {
  readonly record: unknown
  readonly resource: Attributes
  readonly schemaUrl: string | undefined
}

/**
 * The records of a request in its JSON form, in order.
 * @throws {ProblemError} when an envelope is malformed, because its records cannot be found then
 */
export function readRequest(signal: Signal, request: unknown): Enveloped[] {
  const [resources, scopes, records] = SIGNALS[signal].levels
  if (!isObject(request)) throw malformed('the request', 'an object')
  const enveloped: Enveloped[] = []
  for (const ofResource of objects(request, resources)) {
    const resource = readResource(ofResource)
    for (const ofScope of objects(ofResource, scopes)) {
      const schemaUrl = textField(ofScope, 'schemaUrl') ?? textField(ofResource, 'schemaUrl')
      for (const record of list(ofScope, records)) enveloped.push({ record, resource, schemaUrl })
    }
  }
  return enveloped
}

/** The list in a field, empty when the field is missing. @throws {ProblemError} when it is something else */
function list(object: JsonObject, field: string): readonly unknown[] {
  const value = object[field] ?? []
  if (!Array.isArray(value)) throw malformed(field, 'a list')
  return value
}

function objects(object: JsonObject, field: string): readonly JsonObject[] {
  const items = list(object, field)
  if (!items.every(isObject)) throw malformed(`each of ${field}`, 'an object')
  return items
}

function readResource(envelope: JsonObject): Attributes {
  const resource = envelope.resource ?? {}
  if (!isObject(resource)) throw malformed('resource', 'an object')
  return readAttributes(list(resource, 'attributes'))
}

function textField(object: JsonObject, field: string): string | undefined {
  const value = object[field]
  return typeof value === 'string' && value !== '' ? value.toWellFormed() : undefined
}

function malformed(what: string, expected: string): ProblemError {
  return new ProblemError('invalid-request', `${what} is not ${expected}`)
}
