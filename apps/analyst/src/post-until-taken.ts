import { setTimeout as delay } from 'node:timers/promises'
import type { FindingsReply } from '@skillwatch/schema'
import type { AnalystMetrics } from './metrics.ts'
import { type AnyReport, PostError, postReport, type Target } from './post-report.ts'

export interface Backoff {
  /** Pause after the first failure; it doubles with each further one. */
  readonly delayMs: number
  readonly delayMsMax: number
}

export interface PostOptions {
  readonly backoff: Backoff
  readonly metrics: AnalystMetrics
  readonly signal: AbortSignal
  /** Whether a newer run is due, whose report replaces this one. */
  readonly isOutdated: () => boolean
  readonly onRetry: (error: PostError, delayMs: number) => void
}

/**
 * Sends a report until ingest takes it, with pauses that grow.
 * @param makeReport called before each attempt
 * @throws {PostError} when ingest refuses it for good, or when it is outdated before ingest takes it
 */
export async function postUntilTaken<Report extends AnyReport>(
  target: Target,
  makeReport: () => Report,
  { backoff, metrics, signal, isOutdated, onRetry }: PostOptions,
): Promise<{ report: Report; reply: FindingsReply }> {
  for (let delayMs = backoff.delayMs; ; delayMs = Math.min(backoff.delayMsMax, delayMs * 2)) {
    const report = makeReport()
    try {
      const reply = await postReport(target, report, signal)
      metrics.countPost('accepted')
      return { report, reply }
    } catch (error) {
      if (!(error instanceof PostError)) throw error
      metrics.countPost(error.isTemporary ? 'failed' : 'refused')
      if (!error.isTemporary || isOutdated()) throw error
      onRetry(error, delayMs)
    }
    await delay(delayMs, undefined, { signal })
  }
}
