import type { ProblemDetails, RecordReply } from '@skillwatch/schema'
import type { Clock } from '../clock.ts'
import { credentials } from '../shared/credentials.ts'
import { deadlineOf } from '../shared/deadline.ts'
import { describeError } from '../shared/describe-error.ts'
import type { FetchLike } from '../shared/fetch-like.ts'
import { readProblem } from '../shared/problem.ts'
import { type Backoff, Retries } from '../shared/retry.ts'
import type { Batch } from './batches.ts'
import { gzip } from './gzip.ts'
import { parseRetryAfterMs } from './retry-after.ts'
import type { SendTotals } from './send-totals.ts'

export interface Post {
  readonly url: string
  readonly apiKey: string | undefined
  readonly project: string | undefined
  readonly gzipBytesMin: number
  readonly timeoutMs: number
  readonly fetch: FetchLike
  readonly backoff: Backoff
  readonly random: () => number
  readonly now: Clock
}

/** Why one attempt failed. */
export interface Failure {
  /** `refused`: the same request would be refused again; `unreachable`: it may succeed later. */
  readonly kind: 'refused' | 'unreachable'
  readonly reason: string
  /** HTTP status, when there was an answer. */
  readonly status?: number
  /** The pause that the server asked for. */
  readonly retryAfterMs?: number | undefined
  readonly cause?: unknown
}

/** Waits before the next attempt, or throws to give up. `attempt` counts the failed ones, from 1. */
export type BeforeRetry = (failure: Failure, retry: { attempt: number; delayMs: number }) => Promise<void>

/**
 * Busy, broken, restarting, or behind such a proxy: the same request may succeed later, and ids make that
 * safe.
 */
const RETRY_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])

/** The type of the problem that reports a key of another project; its detail needs no hint of ours. */
const WRONG_PROJECT = '/problems/wrong-project'

/**
 * Posts one batch until the server has committed or rejected each of its items.
 * @throws what `beforeRetry` throws; the signal's reason when aborted
 */
export async function postBatch(
  post: Post,
  batch: Batch,
  signal: AbortSignal,
  beforeRetry: BeforeRetry,
): Promise<SendTotals> {
  const request = await requestFor(post, batch)
  const retries = new Retries(post.backoff, post.random)
  for (;;) {
    const result = await tryOnce(post, batch, request, signal)
    if ('totals' in result) return result.totals
    const delayMs = retries.addFailure(result.failure.retryAfterMs)
    await beforeRetry(result.failure, { attempt: retries.failureCount, delayMs })
  }
}

type AttemptResult = { totals: SendTotals } | { failure: Failure }

async function requestFor(post: Post, batch: Batch): Promise<RequestInit> {
  const headers: Record<string, string> = { 'content-type': 'application/x-ndjson', ...credentials(post) }
  if (batch.body.length < post.gzipBytesMin) return { method: 'POST', headers, body: batch.body }
  headers['content-encoding'] = 'gzip'
  return { method: 'POST', headers, body: await gzip(batch.body) }
}

/** @throws the signal's reason when aborted */
async function tryOnce(
  post: Post,
  batch: Batch,
  request: RequestInit,
  signal: AbortSignal,
): Promise<AttemptResult> {
  signal.throwIfAborted()
  using deadline = deadlineOf([signal], post.timeoutMs)
  try {
    const response = await post.fetch(post.url, { ...request, signal: deadline.signal })
    return await readAnswer(post, batch, response)
  } catch (cause) {
    signal.throwIfAborted()
    const reason = describeError(deadline.signal.aborted ? deadline.signal.reason : cause)
    return { failure: { kind: 'unreachable', reason, cause } }
  }
}

async function readAnswer(
  post: Post,
  batch: Batch,
  response: Awaited<ReturnType<FetchLike>>,
): Promise<AttemptResult> {
  // Read to the end: this frees the connection, and an answer that was cut off counts as a failure.
  const text = await response.text()
  if (response.ok) return { totals: totalsOf(JSON.parse(text) as RecordReply) }
  const { status } = response
  const problem = readProblem(text)
  if (RETRY_STATUSES.has(status)) {
    const retryAfterMs = parseRetryAfterMs(response.headers.get('retry-after'), post.now())
    const reason = `answered ${status} ${problem?.detail ?? problem?.title ?? ''}`.trim()
    return { failure: { kind: 'unreachable', reason, status, retryAfterMs } }
  }
  if (status === 422 && problem?.errors?.every((error) => error.index !== undefined)) {
    const rejected = problem.errors.map((error) => ({ ...error, index: error.index! }))
    return { totals: { accepted: 0, duplicates: 0, rejectedCount: batch.itemCount, rejected } }
  }
  return { failure: { kind: 'refused', reason: refusal(status, problem), status } }
}

function totalsOf({ accepted, duplicates, rejected }: RecordReply): SendTotals {
  return { accepted, duplicates, rejectedCount: rejected.length, rejected }
}

function refusal(status: number, problem: ProblemDetails | undefined): string {
  const detail = problem?.detail ?? problem?.title
  return `answered ${status}${detail ? `: ${detail}` : ''}${hintFor(status, problem)}`
}

function hintFor(status: number, problem: ProblemDetails | undefined): string {
  if (problem?.type === WRONG_PROJECT) return ''
  if (status === 401 || status === 403) return '; give an API key with the scope ingest'
  return status === 404 ? '; is this the address of ingest?' : ''
}
