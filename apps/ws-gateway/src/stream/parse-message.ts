import {
  AuthMessage,
  type ClientMessage,
  PingMessage,
  SubscribeMessage,
  SubscribeMetricsMessage,
  UnsubscribeMessage,
} from '@skillwatch/schema'
import { Compile } from 'typebox/compile'

const validators = {
  auth: Compile(AuthMessage),
  subscribe: Compile(SubscribeMessage),
  subscribe_metrics: Compile(SubscribeMetricsMessage),
  unsubscribe: Compile(UnsubscribeMessage),
  ping: Compile(PingMessage),
}

/** A valid message, or why it is not valid, with its `id` if it has one. */
export type ParsedMessage = { message: ClientMessage } | { reason: string; id?: string }

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** @param data JSON in UTF-8, sent as text or as binary */
export function parseMessage(data: Uint8Array): ParsedMessage {
  let value: unknown
  try {
    value = JSON.parse(utf8.decode(data))
  } catch (error) {
    return { reason: `a JSON object was expected: ${(error as Error).message.slice(0, 200)}` }
  }
  return checkMessage(value)
}

function checkMessage(value: unknown): ParsedMessage {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { reason: `a JSON object was expected, not ${describe(value)}` }
  }
  const { type, id } = value as { type?: unknown; id?: unknown }
  const known = typeof id === 'string' && id.length <= 64 ? { id } : {}
  if (typeof type !== 'string' || !Object.hasOwn(validators, type)) {
    return { reason: `type must be one of ${Object.keys(validators).join(', ')}`, ...known }
  }
  const validator = validators[type as keyof typeof validators]
  if (validator.Check(value)) return { message: value as ClientMessage }
  return { reason: firstReason(validator.Errors(value)), ...known }
}

/**
 * The most useful error: an unknown field, often misspelt, before all others; a union that fits no part
 * last.
 */
function firstReason(errors: ReturnType<(typeof validators)['ping']['Errors']>): string {
  const unknown = errors.find((error) => error.keyword === 'additionalProperties')
  if (unknown) {
    const fields = (unknown.params as { additionalProperties: string[] }).additionalProperties
    return `${unknown.instancePath}/${fields[0]!.slice(0, 100).toWellFormed()} is not a known field`
  }
  const error = errors.find((each) => each.keyword !== 'anyOf') ?? errors[0]
  if (error === undefined) return 'does not fit the schema'
  if (error.keyword === 'enum') {
    const { allowedValues } = error.params as { allowedValues: string[] }
    return `${error.instancePath} must be one of ${allowedValues.join(', ')}`
  }
  return `${error.instancePath || 'the message'} ${error.message}`
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array'
  return value === null ? 'null' : `a ${typeof value}`
}
