import type { Static, TSchema } from 'typebox'
import { CliError } from './errors.ts'

/** Longest time an answer may take, in milliseconds. */
const ANSWER_MS_MAX = 10_000

/** A service as a command addresses it. */
export interface Endpoint {
  readonly name: string
  readonly url: string
  readonly apiKey: string | undefined
  /** Which option or variable says where it is. */
  readonly option: string
}

/** The answer as JSON, or undefined when its body is none. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

/**
 * Asks a service and takes whatever it answers.
 * @throws {CliError} when nothing answers; an AbortError when the signal was aborted
 */
export async function ask(
  endpoint: Endpoint,
  path: string,
  options: { method?: string; body?: unknown; signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<Answer> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? ANSWER_MS_MAX)
  try {
    const response = await fetch(endpoint.url + path, {
      method: options.method ?? 'GET',
      headers: {
        ...(endpoint.apiKey === undefined ? {} : { authorization: `Bearer ${endpoint.apiKey}` }),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    })
    return { status: response.status, body: parseJson(await response.text()) }
  } catch (cause) {
    if (options.signal?.aborted) throw cause
    throw new CliError(noAnswer(endpoint, cause), { cause })
  }
}

/**
 * Asks a service for something it has to give.
 * @throws {CliError} saying what to do, when nothing answers or the answer is a refusal
 */
export async function demand(
  endpoint: Endpoint,
  path: string,
  options: Parameters<typeof ask>[2] = {},
): Promise<unknown> {
  const { status, body } = await ask(endpoint, path, options)
  if (status >= 200 && status < 300) return body
  throw new CliError(refusal(endpoint, status, body))
}

/**
 * The same, where the answer must have a shape.
 * @throws {CliError} also when it has another one
 */
export async function demandAs<T extends TSchema>(
  schema: T,
  endpoint: Endpoint,
  path: string,
  options: Parameters<typeof ask>[2] = {},
): Promise<Static<T>> {
  const answer = await demand(endpoint, path, options)
  // Loaded here: the commands that never check an answer start in half of the time.
  const { Value } = await import('typebox/value')
  if (Value.Check(schema, answer)) return answer
  throw new CliError(
    `the answer is not that of ${endpoint.name}: is the address right, and has ${endpoint.name} the same version?`,
  )
}

function noAnswer({ name, url, option }: Endpoint, cause: unknown): string {
  if (cause instanceof DOMException && cause.name === 'TimeoutError') {
    return `${name} at ${url} gave no answer in time: \`skillwatch doctor\` looks for the reason.`
  }
  return `${name} does not answer at ${url}: start it with \`npm start\`, or say where it is with ${option}.`
}

function refusal({ name, url, apiKey }: Endpoint, status: number, body: unknown): string {
  const detail = problemText(body)
  if (status === 401) {
    const what = apiKey === undefined ? 'needs an API key' : 'does not take this API key'
    return `${name} at ${url} ${what}: set SKILLWATCH_API_KEY to one made by \`skillwatch keys create\`.${detail && ` (${detail})`}`
  }
  if (status === 403) return `${name} at ${url} refuses: ${detail || 'the API key lacks the scope'}.`
  if (detail === '') return `${name} at ${url} answered ${status} without a reason: is that address right?`
  return `${name} at ${url} answered ${status}: ${detail}`
}

/** What a problem document (RFC 9457) says, in one line. */
function problemText(body: unknown): string {
  const problem = (body ?? {}) as { title?: unknown; detail?: unknown }
  const text = problem.detail ?? problem.title
  return typeof text === 'string' ? text : ''
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Not JSON: whoever asked sees the status and no body.
  }
}
