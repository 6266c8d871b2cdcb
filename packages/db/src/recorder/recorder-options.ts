import { REWRITE_QUIET_MS, REWRITE_WITHIN_MS } from './file-rewrites.ts'
import type { Commit } from './group-commits.ts'

export interface RecorderOptions {
  /** Most observations that may wait for their commit; more are refused with QueueFullError. */
  readonly queueItemsMax: number
  /** Most observations of one transaction. */
  readonly groupRowsMax?: number
  /**
   * Least time between two commits of groups that are not full: what arrives meanwhile is committed
   * together.
   */
  readonly groupDelayMs?: number
  /** Longest time that another write waits while the file is rewritten after a deletion. */
  readonly writeWaitMsMax?: number
  /** The file is rewritten after deletions when nothing was recorded for so long. */
  readonly rewriteQuietMs?: number
  /** At the latest so long after a deletion it is final. */
  readonly rewriteWithinMs?: number
  /** Turns are derived so long after something of them changed; many changes are then derived once. */
  readonly turnDelayMs?: number
  readonly now: () => number
  /** Called after each commit, for metrics. */
  readonly onCommit?: (commit: Commit) => void
  /** Called when turns cannot be derived; it is tried again. */
  readonly onTurnError?: (error: unknown) => void
}

export const DEFAULTS = {
  groupRowsMax: 500,
  groupDelayMs: 5,
  turnDelayMs: 200,
  // Shorter than clients wait for an answer.
  writeWaitMsMax: 5_000,
  rewriteQuietMs: REWRITE_QUIET_MS,
  rewriteWithinMs: REWRITE_WITHIN_MS,
} as const
