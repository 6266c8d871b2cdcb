import type { Question } from './harness/question.ts'
import { chunks } from './parts/chunks.ts'
import { createObservations } from './parts/observations.ts'
import { measuresOf, openRecordingComparison } from './parts/recording-comparison.ts'

const BATCH = 100
const EVENTS_PER_RUN = 20_000
const EVENTS_PER_QUICK_RUN = 4_000

/**
 * How many new calls a second does ingest record, compared with what the database could do?
 *
 * Ours: `apps/ingest` over HTTP in batches of 100 on 8 connections; the clock stops at the last answer, each
 * of which is a 200 after its commit. Baseline: the frozen statements of the same calls, with no validation,
 * merging, arithmetic of roll-ups or HTTP (`baseline/`).
 */
export const ingestThroughput: Question = {
  name: 'ingest-throughput',
  asks: `events a second through HTTP in batches of ${BATCH}, answered after the commit (synchronous=FULL)`,
  baseline: 'the frozen statements of the same events run straight on better-sqlite3',
  measures: measuresOf('ingest', 0.8),
  open({ quick }) {
    const source = createObservations()
    const callsPerRun = quick ? EVENTS_PER_QUICK_RUN : EVENTS_PER_RUN
    return openRecordingComparison({
      prefix: 'ingest',
      callsPerRun,
      takeLanes: (nowMs) => chunks(source.take(callsPerRun, nowMs), BATCH).map((batch) => [batch]),
    })
  },
}
