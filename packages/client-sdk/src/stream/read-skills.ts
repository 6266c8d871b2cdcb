import type { Kind, ProblemDetails, SkillOrder, SkillSummary } from '@skillwatch/schema'
import { credentials } from '../shared/credentials.ts'
import { ReadError } from './read-error.ts'

export interface SkillQuery {
  kind?: Kind
  /** Always descending; default `invocation_count`. */
  order_by?: SkillOrder
  /** Skills on a page; default 100, at most 1,000. */
  limit?: number
  /** `next_cursor` of the page before. */
  cursor?: string
}

export interface SkillPage {
  items: SkillSummary[]
  /** For the next page; null at the end. */
  next_cursor: string | null
}

export interface ReadSkillsOptions {
  readonly url: string
  readonly apiKey: string | undefined
  readonly project: string | undefined
  readonly signal: AbortSignal
}

/** @throws {ReadError} when the gateway refuses, or does not answer before the signal aborts */
export async function readSkills(options: ReadSkillsOptions, query: SkillQuery): Promise<SkillPage> {
  const { url, signal } = options
  const address = `${url}/v1/skills${toQuery(query)}`
  try {
    // The global `fetch`, which keeps Node alive, as the caller waits for the answer.
    const response = await globalThis.fetch(address, {
      method: 'GET',
      headers: credentials(options),
      signal,
    })
    const text = await response.text()
    if (response.ok) return JSON.parse(text) as SkillPage
    throw new ReadError(`${address} answered ${response.status}: ${problemOf(text)}`, response.status)
  } catch (error) {
    if (error instanceof ReadError) throw error
    const message = `${address}: ${(error as Error).message}; is the gateway running there?`
    throw new ReadError(message, undefined, error)
  }
}

function toQuery(query: object): string {
  const parameters = new URLSearchParams()
  for (const [key, value] of Object.entries(query))
    if (value !== undefined) parameters.set(key, String(value))
  return parameters.size === 0 ? '' : `?${parameters}`
}

function problemOf(text: string): string {
  try {
    const problem = JSON.parse(text) as Partial<ProblemDetails> | null
    return problem?.detail ?? problem?.title ?? text.slice(0, 200)
  } catch {
    return text.slice(0, 200)
  }
}
