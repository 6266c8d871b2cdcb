import { isLoopback } from '@skillwatch/schema/vocabulary'
import packageJson from '../package.json' with { type: 'json' }
import { CliError } from './errors.ts'
import type { ServiceName } from './settings.ts'

/** Longest wait for an answer, in milliseconds. */
const ANSWER_MS_MAX = 10_000

/** A service as a command addresses it. */
export interface Endpoint extends Target {
  /** On which it listens, unless the address says otherwise. */
  readonly port: number
}

/** Where a request is sent. */
interface Target {
  readonly name: string
  readonly url: string
  readonly apiKey: string | undefined
  /** The project that requests are for; a service that would reach another one refuses them. */
  readonly project?: string | undefined
  /** The option and variable that set the address. */
  readonly option: string
}

/** The services that say what they are, by the name that each gives itself in the answer to `GET /`. */
const SERVICES: Readonly<Record<string, ServiceName>> = {
  'Skillwatch ingest': 'ingest',
  'Skillwatch reads': 'ws-gateway',
  'Skillwatch analyst': 'analyst',
}
const HOME_MS_MAX = 2_000
/** In it each answer of a service says the version of the service. */
const VERSION_HEADER = 'skillwatch-version'

/** An answer; its body is undefined when it is not JSON. */
export interface Answer {
  readonly status: number
  /** Of the service that answers; null when it is none of Skillwatch. */
  readonly version: string | null
  readonly body: unknown
}

/**
 * Sends a request and returns any answer.
 * @throws {CliError} when the service does not answer; an AbortError when the signal was aborted
 */
export async function ask(
  endpoint: Target,
  path: string,
  options: { method?: string; body?: unknown; signal?: AbortSignal | undefined; timeoutMs?: number } = {},
): Promise<Answer> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? ANSWER_MS_MAX)
  try {
    const response = await fetch(endpoint.url + path, {
      method: options.method ?? 'GET',
      headers: {
        ...credentials(endpoint),
        // On this machine compressing takes longer than sending.
        ...(isLoopback(new URL(endpoint.url).hostname) && { 'accept-encoding': 'identity' }),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    })
    const version = response.headers.get(VERSION_HEADER)
    return { status: response.status, version, body: parseJson(await response.text()) }
  } catch (cause) {
    if (options.signal?.aborted) throw cause
    throw new CliError(noAnswer(endpoint, cause), { cause })
  }
}

/**
 * Sends a request that must succeed.
 * @returns the answer, of the type that the API gives it in the version of this command. The version is checked
 *   and not the answer: loading the schemas of all answers takes longer than most commands.
 * @throws {CliError} when the service does not answer, refuses or has another version, with what to do
 */
export async function demand<T>(
  endpoint: Endpoint,
  path: string,
  options: Parameters<typeof ask>[2] = {},
): Promise<T> {
  const { status, version, body } = await ask(endpoint, path, options)
  const isGood = status >= 200 && status < 300
  if (isGood && version === packageJson.version) return body as T
  const wrong = await wrongService(endpoint, options.signal)
  throw new CliError(wrong ?? (isGood ? otherVersion(endpoint, version) : refusal(endpoint, status, body)))
}

function otherVersion({ name, url, option }: Endpoint, version: string | null): string {
  if (version === null)
    return `what answers at ${url} is not ${name}: set ${option} to the address of ${name}.`
  return (
    `${name} at ${url} is version ${version}, and this command is ${packageJson.version}: ` +
    'use the same version of both.'
  )
}

/** @throws {CliError} when another service of Skillwatch answers at this address */
export async function demandRightService(endpoint: Endpoint, signal?: AbortSignal): Promise<void> {
  const wrong = await wrongService(endpoint, signal)
  if (wrong !== undefined) throw new CliError(wrong)
}

/** The message for an address at which another service of Skillwatch answers; undefined when none does. */
export async function wrongService(
  { name, url, port, option }: Endpoint,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const home = await ask({ name, url, option, apiKey: undefined }, '/', { signal, timeoutMs: HOME_MS_MAX })
    .then(({ body }) => body as { name?: unknown } | undefined)
    .catch(() => undefined) // The request that matters reports it.
  const actual = SERVICES[String(home?.name)]
  if (actual === undefined || actual === name) return undefined
  const right = new URL(url)
  right.port = String(port)
  return (
    `${actual} answers at ${url}, and this command calls ${name}, which listens on port ${port}: ` +
    `set ${option} to ${right.origin}.`
  )
}

function credentials({ apiKey, project }: Target): Record<string, string> {
  return {
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    ...(project !== undefined && { 'skillwatch-project': encodeURIComponent(project) }),
  }
}

/** The message for a service that does not answer. */
export function noAnswer({ name, url, option }: Target, cause?: unknown): string {
  if (cause instanceof DOMException && cause.name === 'TimeoutError') {
    return `${name} at ${url} did not answer in time: \`skillwatch doctor\` looks for the cause.`
  }
  return `${name} does not answer at ${url}: start it with \`npm start\`, or set its address with ${option}.`
}

function refusal({ name, url, apiKey }: Target, status: number, body: unknown): string {
  const detail = problemText(body)
  if (status === 401) {
    const reason = apiKey === undefined ? 'needs an API key' : 'does not accept this API key'
    const advice = 'set SKILLWATCH_API_KEY to a key from `skillwatch keys create`'
    return `${name} at ${url} ${reason}: ${advice}.${detail && ` (${detail})`}`
  }
  if (status === 403) return `${name} at ${url} refuses: ${detail || 'the API key lacks the scope'}.`
  if (detail === '') return `${name} at ${url} answered ${status} without a reason: check the address.`
  return `${name} at ${url} answered ${status}: ${detail}`
}

/** The detail or title of a problem document (RFC 9457), and what is wrong where that is one thing. */
function problemText(body: unknown): string {
  const problem = (body ?? {}) as { title?: unknown; detail?: unknown; errors?: unknown }
  const text = problem.detail ?? problem.title
  if (typeof text !== 'string') return ''
  const errors = Array.isArray(problem.errors) ? (problem.errors as Record<string, unknown>[]) : []
  if (errors.length !== 1) return text
  const { pointer = '', reason = '' } = errors[0] ?? {}
  return `${text}: ${pointer} ${reason}`.replaceAll(/ +/g, ' ')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
