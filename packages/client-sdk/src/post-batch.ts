import type { ProblemDetails, RecordReply } from '@skillwatch/schema'
import { type Backoff, backoffMs, pause } from './backoff.ts'
import type { Batch } from './batches.ts'
import type { Clock } from './clock.ts'
import { credentials } from './credentials.ts'
import { deadlineOf } from './deadline.ts'
import { gzip } from './gzip.ts'
import type { FetchLike } from './platform.ts'
import { SendError } from './send-error.ts'
import type { SendTotals } from './sender.ts'

export interface Post {
  readonly url: string
  readonly apiKey: string | undefined
  readonly project: string | undefined
  readonly gzipBytesMin: number
  readonly timeoutMs: number
  readonly fetch: FetchLike
  readonly now: Clock
}

export interface Attempts {
  readonly attemptsMax: number
  readonly backoff: Backoff
  readonly onRetry: ((retry: { attempt: number; delayMs: number; reason: string }) => void) | undefined
  readonly random: () => number
}

/** Busy, broken, restarting or behind a proxy that is: the same request may succeed later, and ids make it safe. */
const RETRY_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])
/** A server that asks for longer is not waited for longer, so that a wrong header cannot stop a client for a day. */
const RETRY_AFTER_MS_MAX = 120_000

/** The problem of a key that opens another project than the one named; its detail says all. */
const WRONG_PROJECT = '/problems/wrong-project'

export type Attempt =
  | { totals: SendTotals }
  | { reason: string; retryAfterMs?: number; status?: number; cause?: unknown }

/**
 * Sends one batch until the server has answered for it.
 * @throws {SendError} refused, or unreachable in all attempts; the signal's reason when aborted
 */
export async function postBatch(
  post: Post & Attempts,
  batch: Batch,
  signal: AbortSignal,
): Promise<SendTotals> {
  const request = await requestFor(post, batch)
  for (let attempt = 1; ; attempt += 1) {
    const result = await tryOnce(post, batch, request, signal)
    if ('totals' in result) return result.totals
    if (attempt >= post.attemptsMax) {
      const message = `${post.url}: ${result.reason}, ${attempt} attempts; is ingest running there?`
      throw new SendError('unreachable', message, result)
    }
    const delayMs = Math.max(result.retryAfterMs ?? 0, backoffMs(post.backoff, attempt, post.random))
    post.onRetry?.({ attempt, delayMs, reason: result.reason })
    await pause(delayMs, signal)
  }
}

export async function requestFor(post: Post, batch: Batch): Promise<RequestInit> {
  const headers: Record<string, string> = { 'content-type': 'application/x-ndjson', ...credentials(post) }
  if (batch.body.length < post.gzipBytesMin) return { method: 'POST', headers, body: batch.body }
  headers['content-encoding'] = 'gzip'
  return { method: 'POST', headers, body: await gzip(batch.body) }
}

/**
 * One attempt: committed, or why it was not.
 * @throws {SendError} refused: trying again would not help; the signal's reason when aborted
 */
export async function tryOnce(
  post: Post,
  batch: Batch,
  request: RequestInit,
  signal: AbortSignal,
): Promise<Attempt> {
  signal.throwIfAborted()
  using deadline = deadlineOf(signal, post.timeoutMs)
  try {
    const response = await post.fetch(post.url, { ...request, signal: deadline.signal })
    return await readAnswer(post, batch, response)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof SendError) throw error
    return { reason: describe(deadline.signal.aborted ? deadline.signal.reason : error), cause: error }
  }
}

async function readAnswer(
  post: Post,
  batch: Batch,
  response: Awaited<ReturnType<FetchLike>>,
): Promise<Attempt> {
  // Reading to the end frees the connection, and an answer cut short is no answer.
  const text = await response.text()
  if (response.ok) return { totals: totalsOf(JSON.parse(text) as RecordReply) }
  const problem = readProblem(text)
  if (RETRY_STATUSES.has(response.status)) {
    const retryAfterMs = parseRetryAfterMs(response.headers.get('retry-after'), post.now())
    const reason = `answered ${response.status} ${problem?.detail ?? problem?.title ?? ''}`.trim()
    return { reason, status: response.status, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  }
  if (response.status === 422 && problem?.errors?.every((error) => error.index !== undefined)) {
    const rejected = problem.errors.map((error) => ({ ...error, index: error.index! }))
    return { totals: { accepted: 0, duplicates: 0, rejectedCount: batch.itemCount, rejected } }
  }
  throw new SendError('refused', refusal(post, response.status, problem), { status: response.status })
}

function totalsOf({ accepted, duplicates, rejected }: RecordReply): SendTotals {
  return { accepted, duplicates, rejectedCount: rejected.length, rejected }
}

function readProblem(text: string): ProblemDetails | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as ProblemDetails) : undefined
  } catch {
    // Proxies answer in HTML; the status alone must do.
    return undefined
  }
}

function refusal(post: Post, status: number, problem: ProblemDetails | undefined): string {
  const said = problem?.detail ?? problem?.title
  const hint =
    problem?.type === WRONG_PROJECT
      ? ''
      : status === 401 || status === 403
        ? '; give an API key with the scope ingest'
        : status === 404
          ? '; is this the address of ingest?'
          : ''
  return `${post.url} answered ${status}${said ? `: ${said}` : ''}${hint}`
}

/** RFC 9110 section 10.2.3: seconds or an HTTP date. */
export function parseRetryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - nowMs
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), RETRY_AFTER_MS_MAX)
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // `fetch failed` says nothing; its cause names the port and the reason.
  const cause = error.cause as (Error & { code?: string }) | undefined
  return cause?.message || cause?.code || error.message
}
