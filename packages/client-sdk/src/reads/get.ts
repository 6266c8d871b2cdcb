import { credentials } from '../shared/credentials.ts'
import { describeError } from '../shared/describe-error.ts'
import { readProblem } from '../shared/problem.ts'
import { adviceFor, type Gateway, IS_IT_RUNNING } from './gateway.ts'
import { ReadError } from './read-error.ts'

interface Answer {
  readonly status: number
  readonly ok: boolean
  readonly text: string
}

/**
 * Reads from the gateway.
 * @throws {ReadError} when the gateway refuses, or does not answer before the signal aborts
 */
export async function get<T>(gateway: Gateway, path: string, signal: AbortSignal): Promise<T> {
  const address = `${gateway.url}${path}`
  const { status, ok, text } = await request(gateway, address, signal)
  const advice = () => adviceFor(gateway.url, signal)
  if (!ok) {
    const problem = readProblem(text)
    const reason = problem?.detail ?? problem?.title ?? text.slice(0, 200)
    const message = `${address} answered ${status}: ${reason}${status === 404 ? await advice() : ''}`
    throw new ReadError(message, { status, problem })
  }
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    throw new ReadError(`${address} did not answer with JSON${await advice()}`, { status, cause })
  }
}

async function request(gateway: Gateway, address: string, signal: AbortSignal): Promise<Answer> {
  try {
    // The global `fetch`, which keeps Node alive, as the caller waits for the answer.
    const response = await globalThis.fetch(address, { headers: credentials(gateway), signal })
    return { status: response.status, ok: response.ok, text: await response.text() }
  } catch (cause) {
    const reason = describeError(signal.aborted ? signal.reason : cause)
    throw new ReadError(`${address}: ${reason}${IS_IT_RUNNING}`, { cause })
  }
}

/** The fields that are given as a query with its `?`; nothing when there are none. */
export function toQuery(fields: object): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}
