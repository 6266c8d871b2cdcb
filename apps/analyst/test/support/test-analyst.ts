import { openReader } from '@skillwatch/db'
import { createLogger } from '@skillwatch/service'
import { fixedClock, NOW_MS } from '@skillwatch/testkit'
import { Registry } from 'prom-client'
import { Analyst, type AnalystOptions } from '../../src/analyst.ts'
import { Daily } from '../../src/daily.ts'
import { createAnalystMetrics } from '../../src/metrics.ts'
import { latestRunAt } from '../../src/schedule.ts'
import { HOUR_MS } from './calls.ts'

/** The run that is due at the fixed time. */
export const DUE_AT_MS = latestRunAt(NOW_MS, HOUR_MS)

export interface TestAnalyst extends Disposable {
  readonly analyst: Analyst
  readonly daily: Daily
  /** A run that is due so many hours before the fixed time. */
  run(hoursBefore?: number, signal?: AbortSignal): Promise<void>
  /** The value of a metric, such as `runs_total{result="failed"}`. */
  metric(name: string): Promise<number>
}

/** An analyst on a database, which reports to a server. */
export function testAnalyst(
  databaseUrl: string,
  ingestUrl: string,
  options: Partial<AnalystOptions> = {},
): TestAnalyst {
  const reader = openReader(databaseUrl)
  const registry = new Registry()
  const all: AnalystOptions = {
    ...{ reader, databaseUrl, ingestUrl, apiKeys: [], everyMs: HOUR_MS, timeZone: 'UTC', runMsMax: 60_000 },
    backoff: { delayMs: 1, delayMsMax: 4 },
    memoryBytesMax: 10_000_000,
    metrics: createAnalystMetrics(registry),
    logger: createLogger({ service: 'analyst', level: 'silent' }),
    now: fixedClock,
    ...options,
  }
  const analyst = new Analyst(all)
  return {
    analyst,
    daily: new Daily(all),
    run: (hoursBefore = 0, signal = new AbortController().signal) =>
      analyst.run(DUE_AT_MS - hoursBefore * HOUR_MS, signal),
    metric: async (name) => {
      const line = (await registry.metrics())
        .split('\n')
        .find((each) => each.startsWith(`skillwatch_analyst_${name} `))
      return Number(line?.split(' ').at(-1))
    },
    [Symbol.dispose]: () => reader.close(),
  }
}
