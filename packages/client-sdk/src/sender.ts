import type { Observation, RejectedItem } from '@skillwatch/schema'
import type { Backoff } from './backoff.ts'
import { type Batch, splitIntoBatches } from './batches.ts'
import { machineClock } from './clock.ts'
import { createGate } from './gate.ts'
import { type Attempts, type Post, postBatch } from './post-batch.ts'

export interface SenderOptions {
  /** Address of ingest, such as `http://127.0.0.1:8766`. */
  url: string
  apiKey?: string | undefined
  /** The project that the key is meant for; a server that would put the observations elsewhere refuses them. */
  project?: string | undefined
  /** Most observations in one request; 1,000 unless said otherwise (the server takes up to 5,000). */
  batchItemsMax?: number
  /** Most bytes of JSON in one request, before compression; 4 MiB unless said otherwise (the server takes up to 8 MiB). */
  batchBytesMax?: number
  /** Bodies of at least this many bytes are sent gzipped; 16 KiB unless said otherwise. */
  gzipBytesMin?: number
  /** Requests under way at the same time over all `send` calls; 2 unless said otherwise. */
  inFlightMax?: number
  /** Attempts for one request before giving up; 8 unless said otherwise. */
  attemptsMax?: number
  /** Pauses between attempts; 200 ms doubling to 30 s, with full jitter, unless said otherwise. */
  backoff?: Backoff
  /** How long one attempt may take, in milliseconds; 30 s unless said otherwise. */
  timeoutMs?: number
  /** Ends everything under way; `send` then rejects with its reason. */
  signal?: AbortSignal | undefined
  /** Told before each pause: why, and how long. */
  onRetry?: (retry: { attempt: number; delayMs: number; reason: string }) => void
  fetch?: typeof globalThis.fetch
  /** Uniform in 0..1, for the jitter. */
  random?: () => number
  /** The time in epoch milliseconds; the machine's unless said otherwise. */
  now?: () => number
}

export interface SendOptions {
  /** Ends this call; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined
}

export interface SendTotals {
  accepted: number
  duplicates: number
  rejectedCount: number
  /** Why items were refused, by their index in the array that was sent. The server may name fewer than it refused. */
  rejected: RejectedItem[]
}

export interface Sender {
  /**
   * Hands observations over, in as many requests as it takes, and resolves when the server has committed them all.
   * Ids that are missing are made, so that a repeated request cannot store a call twice.
   * @throws {SendError} when the server refuses or stays unreachable
   */
  send(observations: readonly Observation[], options?: SendOptions): Promise<SendTotals>
}

/** A way to ingest's `POST /v1/invocations` that survives slow, busy and restarting servers. */
export function createSender(options: SenderOptions): Sender {
  const { batchItemsMax = 1_000, batchBytesMax = 4 * 1_048_576, inFlightMax = 2 } = options
  const { now = machineClock } = options
  const post: Post & Attempts = {
    url: `${options.url.replace(/\/+$/, '')}/v1/invocations`,
    apiKey: options.apiKey,
    project: options.project,
    gzipBytesMin: options.gzipBytesMin ?? 16 * 1_024,
    attemptsMax: options.attemptsMax ?? 8,
    backoff: options.backoff ?? { delayMs: 200, delayMsMax: 30_000 },
    timeoutMs: options.timeoutMs ?? 30_000,
    onRetry: options.onRetry,
    fetch: options.fetch ?? globalThis.fetch,
    random: options.random ?? Math.random,
    now,
  }
  const gate = createGate(inFlightMax)
  return {
    async send(observations, { signal: callSignal } = {}) {
      // The first batch that fails ends the others: the caller is told once, and nothing goes on behind its back.
      const failed = new AbortController()
      const signals = [options.signal, callSignal, failed.signal].filter((signal) => signal !== undefined)
      const signal = AbortSignal.any(signals)
      const sendBatch = async (batch: Batch) => {
        using _turn = await gate.enter(signal)
        return withIndexFrom(batch.firstIndex, await postBatch(post, batch, signal))
      }
      const totals: SendTotals = { accepted: 0, duplicates: 0, rejectedCount: 0, rejected: [] }
      const batches = splitIntoBatches(observations, { batchItemsMax, batchBytesMax, now })
      const worker = async () => {
        for (const batch of batches) add(totals, await sendBatch(batch))
      }
      const workers = Array.from({ length: inFlightMax }, () =>
        worker().catch((error: unknown) => {
          failed.abort(error)
          throw error
        }),
      )
      await Promise.allSettled(workers)
      await Promise.all(workers)
      totals.rejected.sort((left, right) => left.index - right.index)
      return totals
    },
  }
}

function withIndexFrom(firstIndex: number, totals: SendTotals): SendTotals {
  return {
    ...totals,
    rejected: totals.rejected.map((item) => ({ ...item, index: item.index + firstIndex })),
  }
}

function add(totals: SendTotals, part: SendTotals): void {
  totals.accepted += part.accepted
  totals.duplicates += part.duplicates
  totals.rejectedCount += part.rejectedCount
  totals.rejected.push(...part.rejected)
}
