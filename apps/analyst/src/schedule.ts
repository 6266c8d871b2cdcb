import { HOURS_BEFORE_RUN, LIVE_ALLOWANCE } from '@skillwatch/analytics'

const HOUR_MS = 3_600_000
const WEEK_MS = 7 * 24 * HOUR_MS
/** Detection begins so many whole weeks before the current week. */
const REPLAY_WEEKS = 9
/**
 * In its first weeks a replay does not know the episodes before it: these last up to 7 days, and their hours
 * can belong to baselines for 28 days more. What opens in these weeks is not reported.
 */
const WARM_UP_WEEKS = 5

/** The hours that detection covers at an instant, and those whose findings it reports. */
export interface Plan {
  /** The start of the first hour that is read. */
  readonly tableFromMs: number
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
 * What a run at an instant covers. Its begin moves once a week, with the weeks since 1970, so that all runs of
 * a week begin with the same hour and lead to the same findings.
 */
export function planOf(lastRunAtMs: number, everyMs: number): Plan {
  const horizonMs = floorTo(lastRunAtMs, WEEK_MS) - REPLAY_WEEKS * WEEK_MS
  return {
    tableFromMs: horizonMs - HOURS_BEFORE_RUN * HOUR_MS,
    firstRunAtMs: latestRunAt(horizonMs, everyMs) + everyMs,
    lastRunAtMs,
    everyMs,
    untilMs: lastRunAtMs - LIVE_ALLOWANCE.lateMs,
    reportSinceMs: horizonMs + WARM_UP_WEEKS * WEEK_MS,
  }
}

function floorTo(ms: number, stepMs: number): number {
  return Math.floor(ms / stepMs) * stepMs
}
