import { type ApiRequest, DURATION_MS_MAX, NAME_LENGTH_MAX, parseInstant } from '@skillwatch/schema'
import { COST_USD_MAX, TOKENS_MAX } from '@skillwatch/schema/vocabulary'
import { type Attributes, numberOf, textOf } from '../attributes.ts'
import type { Extraction } from '../extraction.ts'
import { cutName, defined, userOf } from '../values.ts'
import { type Event, instantOf, ownIdOf } from './event.ts'

/**
 * A request of the agent to a model, with its tokens and its price. Numbers that are impossible are left
 * out.
 */
export function translateApiRequest(event: Event): Extraction {
  const { log, sessionId } = event
  const requestId = textOf(log.attributes, 'request_id', 'client_request_id') ?? ownIdOf(event, 'model')
  if (!isName(requestId)) return notAName('request_id')
  if (!isName(sessionId)) return notAName('session.id')
  const requestedAtMs = requestTime(event)
  if (typeof requestedAtMs === 'object')
    return { rejected: `the time of the request ${requestedAtMs.reason}` }
  const apiRequest: ApiRequest = defined({
    request_id: requestId,
    session_id: sessionId,
    agent_name: 'claude-code',
    user_id: userOf(log.attributes, log.resource),
    requested_at_ms: requestedAtMs,
    ...namesIn(log.attributes),
    ...amountsIn(log.attributes),
  })
  return { apiRequest }
}

function notAName(field: string): Extraction {
  return { rejected: `${field} is not a name of at most ${NAME_LENGTH_MAX} characters` }
}

function requestTime({ log, nowMs }: Event): number | { reason: string } {
  const atMs = instantOf(log)
  return atMs === undefined ? { reason: 'is missing' } : parseInstant(atMs, nowMs)
}

function namesIn(attributes: Attributes) {
  const [model, promptId] = [textOf(attributes, 'model'), textOf(attributes, 'prompt.id')]
  return {
    prompt_id: promptId !== undefined && isName(promptId) ? promptId : undefined,
    model: model === undefined ? undefined : cutName(model),
  }
}

function amountsIn(attributes: Attributes) {
  const amount = (name: string, max: number) => amountOf(numberOf(attributes, name), max)
  const count = (name: string) => countOf(numberOf(attributes, name))
  return {
    duration_ms: amount('duration_ms', DURATION_MS_MAX),
    input_tokens: count('input_tokens'),
    output_tokens: count('output_tokens'),
    cache_read_tokens: count('cache_read_tokens'),
    cache_creation_tokens: count('cache_creation_tokens'),
    cost_usd: amount('cost_usd', COST_USD_MAX),
  }
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
