import type { ApiRequestInput, Observation, PromptInput } from '@skillwatch/schema'
import { uuidV7 } from '@skillwatch/schema/uuid-v7'
import { type Clock, machineClock } from '../clock.ts'
import { type Backoff, startPause } from '../shared/retry.ts'
import { type Batch, splitIntoBatches } from './batches.ts'
import { type BeforeRetry, type Post, postBatch } from './post-batch.ts'
import { createSemaphore, type Semaphore } from './semaphore.ts'
import { SendError } from './send-error.ts'
import type { SendTotals } from './send-totals.ts'

export interface SenderOptions {
  /** Address of ingest, such as `http://127.0.0.1:8766`. */
  url: string
  apiKey?: string | undefined
  /**
   * The project that the key is meant for; a server that would store the observations in another one
   * refuses them.
   */
  project?: string | undefined
  /** Most observations in one request; default 1,000 (the server accepts up to 5,000). */
  batchItemsMax?: number
  /**
   * Most bytes of JSON in one request, before compression; default 4 MiB (the server accepts up to 8 MiB).
   */
  batchBytesMax?: number
  /** Bodies of at least this many bytes are compressed with gzip; default 16 KiB. */
  gzipBytesMin?: number
  /** Most requests at the same time, over all `send` calls; default 2. */
  inFlightMax?: number
  /** Attempts for one request before it fails; default 8. */
  attemptsMax?: number
  /** Pauses between attempts; default 200 ms doubling to 30 s, with full jitter. */
  backoff?: Backoff
  /** How long one attempt may take, in milliseconds; default 30 s. */
  timeoutMs?: number
  /** Stops all `send` calls; each then rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Called before each pause, with its length and why the attempt failed. */
  onRetry?: (retry: { attempt: number; delayMs: number; reason: string }) => void
  fetch?: typeof globalThis.fetch
  /** Uniform in 0..1, for the jitter. */
  random?: () => number
  /** The time in epoch milliseconds; default the machine's clock. */
  now?: () => number
}

export interface SendOptions {
  /** Stops this call; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined
}

export interface Sender {
  /**
   * Sends observations in as many requests as needed, and resolves when the server has committed all of
   * them. Observations without an id get one, so that a repeated request cannot store a call twice.
   * @throws {SendError} when the server refuses or stays unreachable
   */
  send(observations: readonly Observation[], options?: SendOptions): Promise<SendTotals>
  /**
   * Sends requests to models, with what their responses used, in the same way.
   * @throws {SendError} when the server refuses or stays unreachable
   */
  sendApiRequests(requests: readonly ApiRequestInput[], options?: SendOptions): Promise<SendTotals>
  /** The same for prompts. */
  sendPrompts(prompts: readonly PromptInput[], options?: SendOptions): Promise<SendTotals>
}

interface SenderParts {
  readonly post: Post
  readonly attemptsMax: number
  readonly onRetry: SenderOptions['onRetry']
  readonly semaphore: Semaphore
  readonly inFlightMax: number
}

/**
 * Sends to ingest's `POST /v1/invocations`, `/v1/api-requests` and `/v1/prompts`, and repeats requests while
 * the server is slow, busy or restarting.
 */
export function createSender(options: SenderOptions): Sender {
  const { batchItemsMax = 1_000, batchBytesMax = 4 * 1_048_576, inFlightMax = 2, attemptsMax = 8 } = options
  const semaphore = createSemaphore(inFlightMax)
  const sendTo = async (path: string, items: Iterable<unknown>, { signal }: SendOptions) => {
    const post = postOf(options, path)
    const batches = splitIntoBatches(items, { batchItemsMax, batchBytesMax })
    const signals = [options.signal, signal].filter((each) => each !== undefined)
    const parts = { post, attemptsMax, onRetry: options.onRetry, semaphore, inFlightMax }
    const totals = await sendAll(parts, batches, signals)
    totals.rejected.sort((left, right) => left.index - right.index)
    return totals
  }
  const now = options.now ?? machineClock
  return {
    send: (observations, sendOptions = {}) =>
      sendTo('/v1/invocations', withIds(observations, now), sendOptions),
    sendApiRequests: (requests, sendOptions = {}) => sendTo('/v1/api-requests', requests, sendOptions),
    sendPrompts: (prompts, sendOptions = {}) => sendTo('/v1/prompts', prompts, sendOptions),
  }
}

/** Each with the id under which it is stored, so that sending it again changes nothing. */
function* withIds(observations: readonly Observation[], now: Clock): Generator<Observation> {
  for (const observation of observations) {
    yield observation.invocation_id === undefined
      ? { ...observation, invocation_id: uuidV7(now()) }
      : observation
  }
}

function postOf(options: SenderOptions, path: string): Post {
  return {
    url: `${options.url.replace(/\/+$/, '')}${path}`,
    apiKey: options.apiKey,
    project: options.project,
    gzipBytesMin: options.gzipBytesMin ?? 16 * 1_024,
    backoff: options.backoff ?? { delayMs: 200, delayMsMax: 30_000 },
    timeoutMs: options.timeoutMs ?? 30_000,
    fetch: options.fetch ?? globalThis.fetch,
    random: options.random ?? Math.random,
    now: options.now ?? machineClock,
  }
}

async function sendAll(
  parts: SenderParts,
  batches: Generator<Batch>,
  signals: AbortSignal[],
): Promise<SendTotals> {
  // The first batch that fails stops the others: no request is made after the caller has got the error.
  const failed = new AbortController()
  const signal = AbortSignal.any([...signals, failed.signal])
  const totals: SendTotals = { accepted: 0, duplicates: 0, rejectedCount: 0, rejected: [] }
  const worker = async () => {
    for (const batch of batches) addTotals(totals, await sendBatch(parts, batch, signal))
  }
  const workers = Array.from({ length: parts.inFlightMax }, () =>
    worker().catch((error: unknown) => {
      failed.abort(error)
      throw error
    }),
  )
  await Promise.allSettled(workers)
  await Promise.all(workers)
  return totals
}

async function sendBatch(parts: SenderParts, batch: Batch, signal: AbortSignal): Promise<SendTotals> {
  using _permit = await parts.semaphore.acquire(signal)
  const totals = await postBatch(parts.post, batch, signal, beforeRetry(parts, signal))
  const rejected = totals.rejected.map((item) => ({ ...item, index: item.index + batch.firstIndex }))
  return { ...totals, rejected }
}

function beforeRetry({ post, attemptsMax, onRetry }: SenderParts, signal: AbortSignal): BeforeRetry {
  return async (failure, { attempt, delayMs }) => {
    const { kind, reason } = failure
    if (kind === 'refused') throw new SendError(kind, `${post.url} ${reason}`, failure)
    if (attempt >= attemptsMax) {
      const message = `${post.url}: ${reason}, ${attempt} attempts; is ingest running there?`
      throw new SendError(kind, message, failure)
    }
    onRetry?.({ attempt, delayMs, reason })
    await startPause(delayMs, signal).ended
  }
}

function addTotals(totals: SendTotals, part: SendTotals): void {
  totals.accepted += part.accepted
  totals.duplicates += part.duplicates
  totals.rejectedCount += part.rejectedCount
  totals.rejected.push(...part.rejected)
}
