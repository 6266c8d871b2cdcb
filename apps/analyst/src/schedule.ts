import { LIVE_ALLOWANCE } from '@skillwatch/analytics'

const WEEK_MS = 7 * 24 * 3_600_000
/** A replay reads so many whole weeks before the current week. */
const REPLAY_WEEKS = 10
/**
 * What opens in the first weeks of a replay is not reported. A baseline has up to four weeks, from which the
 * hours of earlier episodes are excluded. So episodes of the first two weeks, which had shorter baselines,
 * and those before the replay, which it does not know, belong to no baseline of what is reported.
 */
const WARM_UP_WEEKS = 6

/** The hours that detection covers at an instant, and those whose findings it reports. */
export interface Plan {
  /** The start of the first hour that is read. */
  readonly fromMs: number
  /** The instants at which detection runs, from the first to the last one. */
  readonly firstRunAtMs: number
  readonly lastRunAtMs: number
  readonly everyMs: number
  /** The end of the last hour that is read and tested. */
  readonly untilMs: number
  /** The report has all findings that opened from here on. */
  readonly reportSinceMs: number
}

/** The last instant for which a run was due: a full hour and the allowance for late calls. */
export function latestRunAt(nowMs: number, everyMs: number): number {
  return floorTo(nowMs - LIVE_ALLOWANCE.lateMs, everyMs) + LIVE_ALLOWANCE.lateMs
}

/**
 * What a run at an instant covers. Its begin moves once a week, with the weeks since 1970, so that all runs
 * of a week begin with the same hour and lead to the same findings.
 */
export function planOf(lastRunAtMs: number, everyMs: number): Plan {
  const fromMs = floorTo(lastRunAtMs, WEEK_MS) - REPLAY_WEEKS * WEEK_MS
  return {
    fromMs,
    firstRunAtMs: latestRunAt(fromMs, everyMs) + everyMs,
    lastRunAtMs,
    everyMs,
    untilMs: lastRunAtMs - LIVE_ALLOWANCE.lateMs,
    reportSinceMs: fromMs + WARM_UP_WEEKS * WEEK_MS,
  }
}

function floorTo(ms: number, stepMs: number): number {
  return Math.floor(ms / stepMs) * stepMs
}
