import type { Static, TSchema } from 'typebox'
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

/** The services that have an API, by the name that each gives itself in the answer to `GET /`. */
const SERVICES: Readonly<Record<string, ServiceName>> = {
  'Skillwatch ingest': 'ingest',
  'Skillwatch reads': 'ws-gateway',
}
const HOME_MS_MAX = 2_000

/** An answer; its body is undefined when it is not JSON. */
export interface Answer {
  readonly status: number
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
 * Sends a request that must succeed.
 * @throws {CliError} when the service does not answer or refuses, with what to do
 */
export async function demand(
  endpoint: Endpoint,
  path: string,
  options: Parameters<typeof ask>[2] = {},
): Promise<unknown> {
  const { status, body } = await ask(endpoint, path, options)
  if (status >= 200 && status < 300) return body
  throw new CliError((await wrongService(endpoint, options.signal)) ?? refusal(endpoint, status, body))
}

/** Loads a schema. All of them together take longer to load than most answers take. */
export type LoadSchema<T extends TSchema> = () => Promise<T>

type Schemas = typeof import('@skillwatch/schema')
type SchemaName = { [Name in keyof Schemas]: Schemas[Name] extends TSchema ? Name : never }[keyof Schemas]

/** A schema of `@skillwatch/schema`. */
export function schemaNamed<Name extends SchemaName>(name: Name): LoadSchema<Schemas[Name]> {
  return async () => (await import('@skillwatch/schema'))[name]
}

/**
 * Sends a request whose answer must fit a schema, which may be loaded while the answer is awaited.
 * @throws {CliError} as `demand`, and when the answer does not fit the schema
 */
export async function demandAs<T extends TSchema>(
  schema: T | LoadSchema<T>,
  endpoint: Endpoint,
  path: string,
  options: Parameters<typeof ask>[2] = {},
): Promise<Static<T>> {
  const [answer, validator] = await Promise.all([demand(endpoint, path, options), validatorOf(schema)])
  if (validator.Check(answer)) return answer
  throw new CliError(
    (await wrongService(endpoint, options.signal)) ??
      `this is not an answer of ${endpoint.name}: check the address, and that ${endpoint.name} has this ` +
        'version.',
  )
}

/** A compiled check of 1,000 items takes a hundredth of the time of `Value.Check`. */
async function validatorOf<T extends TSchema>(schema: T | LoadSchema<T>) {
  const loaded = typeof schema === 'function' ? schema() : schema
  // Loaded here, as it doubles the start time of commands that check no answer.
  const [{ Compile }, value] = await Promise.all([import('typebox/compile'), loaded])
  return Compile(value)
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

/** The detail or title of a problem document (RFC 9457). */
function problemText(body: unknown): string {
  const problem = (body ?? {}) as { title?: unknown; detail?: unknown }
  const text = problem.detail ?? problem.title
  return typeof text === 'string' ? text : ''
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
