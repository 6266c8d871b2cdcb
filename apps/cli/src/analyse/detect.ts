import { setImmediate } from 'node:timers/promises'
import { type Detected, detectRunByRun, type HourlyTable } from '@skillwatch/analytics'
import type { CommandContext } from '../context.ts'
import { withProgressBar } from '../import/progress-bar.ts'
import { runCount, type Schedule } from './options.ts'

const RUNS = { name: 'runs', format: String }
/** The table holds calls that are known by their own end, so none is late. */
const NO_ALLOWANCE = { lateMs: 0, silenceLateMs: 0 }

/**
 * Runs detection over the past, with a bar on a terminal.
 * @throws an AbortError on Ctrl-C
 */
export function detect(
  { stderr, signal }: CommandContext,
  table: HourlyTable,
  schedule: Schedule,
): Promise<Detected> {
  const { fromMs: firstRunAtMs, toMs: lastRunAtMs, everyMs } = schedule
  const runs = detectRunByRun(table, { firstRunAtMs, lastRunAtMs, everyMs, ...NO_ALLOWANCE })
  return withProgressBar(stderr, RUNS, async (bar) => {
    bar.start(runCount(schedule))
    for (let run = runs.next(); ; run = runs.next()) {
      if (run.done) return run.value
      bar.add(1)
      // Signals arrive, and the bar is drawn, between two runs.
      await setImmediate()
      signal.throwIfAborted()
    }
  })
}
