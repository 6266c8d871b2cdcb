import { setTimeout as delay } from 'node:timers/promises'
import { latestRunAt } from './schedule.ts'

export interface ScheduleOptions {
  readonly everyMs: number
  /** Longest pause between two looks at the clock: timers stand still while the machine sleeps. */
  readonly pollMs: number
  readonly now: () => number
  readonly run: (dueAtMs: number) => Promise<void>
}

/**
 * Runs at once, and then whenever a run is due, one at a time, until the signal is aborted. Of several runs
 * that were missed only the last one is done, as it covers the hours of the others.
 * @throws the signal's reason
 */
export async function runOnSchedule(options: ScheduleOptions, signal: AbortSignal): Promise<never> {
  const { everyMs, pollMs, now, run } = options
  let doneAtMs = Number.NEGATIVE_INFINITY
  for (;;) {
    signal.throwIfAborted()
    const dueAtMs = latestRunAt(now(), everyMs)
    if (dueAtMs > doneAtMs) {
      await run(dueAtMs)
      doneAtMs = dueAtMs
    } else {
      await delay(Math.min(pollMs, dueAtMs + everyMs - now()), undefined, { signal })
    }
  }
}
