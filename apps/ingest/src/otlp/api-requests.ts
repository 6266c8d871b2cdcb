import { type ApiRequest, DURATION_MS_MAX, NAME_LENGTH_MAX, parseInstant } from '@skillwatch/schema'
import { numberOf, textOf } from './attributes.ts'
import { cutName, type Found, stated, userOf } from './found.ts'
import type { LogRecord } from './read-records.ts'

/** Far more than one request can cost or hold: what is above is a mistake, and would spoil every sum. */
const COST_USD_MAX = 10_000
const TOKENS_MAX = 1_000_000_000

/** A log record that tells of a request to a model. */
export interface RequestSighting {
  readonly log: LogRecord
  readonly sessionId: string
  /** Stands in where the record does not name the request; the same record sent again has the same. */
  readonly sightingId: string
  readonly atMs: number | undefined
}

/**
 * A request to a model with its tokens and its price, as the agent states them. A number that is missing or makes no sense
 * is left out, never made up.
 */
export function readApiRequest({ log, sessionId, sightingId, atMs }: RequestSighting, nowMs: number): Found {
  const { attributes, resource } = log
  const names = {
    request_id: textOf(attributes, 'request_id', 'client_request_id') ?? sightingId,
    'session.id': sessionId,
  }
  const wrong = Object.entries(names).find(([, name]) => !isName(name))
  if (wrong !== undefined)
    return { rejected: `${wrong[0]} is not a name of at most ${NAME_LENGTH_MAX} characters` }
  const requestedAtMs = atMs === undefined ? { reason: 'is missing' } : parseInstant(atMs, nowMs)
  if (typeof requestedAtMs === 'object')
    return { rejected: `the time of the request ${requestedAtMs.reason}` }
  const [model, promptId] = [textOf(attributes, 'model'), textOf(attributes, 'prompt.id')]
  const count = (name: string) => countOf(numberOf(attributes, name))
  const apiRequest: ApiRequest = stated({
    request_id: names.request_id,
    session_id: sessionId,
    prompt_id: promptId !== undefined && isName(promptId) ? promptId : undefined,
    user_id: userOf(attributes, resource),
    model: model === undefined ? undefined : cutName(model),
    requested_at_ms: requestedAtMs,
    duration_ms: amountOf(numberOf(attributes, 'duration_ms'), DURATION_MS_MAX),
    input_tokens: count('input_tokens'),
    output_tokens: count('output_tokens'),
    cache_read_tokens: count('cache_read_tokens'),
    cache_creation_tokens: count('cache_creation_tokens'),
    cost_usd: amountOf(numberOf(attributes, 'cost_usd'), COST_USD_MAX),
  })
  return { apiRequest }
}

function isName(text: string): boolean {
  return text.length > 0 && text.length <= NAME_LENGTH_MAX && !/[\p{Cc}\p{Cs}]/u.test(text)
}

function countOf(value: number | undefined): number | undefined {
  return Number.isInteger(value) ? amountOf(value, TOKENS_MAX) : undefined
}

function amountOf(value: number | undefined, max: number): number | undefined {
  return value !== undefined && value >= 0 && value <= max ? value : undefined
}
