import type { Recorder } from '@skillwatch/db'
import type { FindingsReply } from '@skillwatch/schema'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

type RefusalReason = 'queue_full' | 'storage_unavailable' | 'bodies_limit'

const FINDING_RESULTS = ['inserted', 'updated', 'deleted', 'unchanged', 'skipped', 'dropped'] as const

/** Metrics of ingest itself. */
export interface IngestMetrics {
  countObservations(result: 'accepted' | 'duplicate' | 'rejected', count: number): void
  countFindings(reply: FindingsReply): void
  countExperimentRecords(result: 'accepted' | 'duplicate' | 'rejected', count: number): void
  countRefusal(reason: RefusalReason): void
  observeCommit(commit: { items: number; durationMs: number; otherPhases: number }): void
}

export function createIngestMetrics(registry: Registry): IngestMetrics {
  const registers = [registry]
  const observations = resultCounter(
    registry,
    'skillwatch_ingest_observations_total',
    'Observations by result.',
  )
  const findings = new Counter({
    name: 'skillwatch_ingest_findings_total',
    help: 'Findings of reports by what became of them; a finding is in each report of its window.',
    labelNames: ['result'],
    registers,
  })
  const experimentRecords = resultCounter(
    registry,
    'skillwatch_ingest_experiment_records_total',
    'Assignments and outcomes of experiments by result.',
  )
  const refusals = new Counter({
    name: 'skillwatch_ingest_refused_requests_total',
    help: 'Requests that were refused for now, by reason; the sender should send them again.',
    labelNames: ['reason'],
    registers,
  })
  const duration = new Histogram({
    name: 'skillwatch_ingest_commit_duration_seconds',
    help: 'Duration of a transaction, including its commit.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  })
  const items = new Histogram({
    name: 'skillwatch_ingest_commit_observations',
    help: 'Observations in a transaction.',
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000],
    registers,
  })
  const phases = new Counter({
    name: 'skillwatch_ingest_other_phases_total',
    help: 'Calls counted under workflow_phase `_other`, as their project has too many phases to show each.',
    registers,
  })
  let otherPhases = 0
  for (const result of FINDING_RESULTS) findings.inc({ result }, 0)
  for (const reason of ['queue_full', 'storage_unavailable', 'bodies_limit']) refusals.inc({ reason }, 0)
  return {
    countObservations: (result, count) => observations.inc({ result }, count),
    countFindings: (reply) => {
      for (const result of FINDING_RESULTS) findings.inc({ result }, reply[result] ?? 0)
    },
    countExperimentRecords: (result, count) => experimentRecords.inc({ result }, count),
    countRefusal: (reason) => refusals.inc({ reason }),
    observeCommit: (commit) => {
      duration.observe(commit.durationMs / 1000)
      items.observe(commit.items)
      phases.inc(commit.otherPhases - otherPhases)
      otherPhases = commit.otherPhases
    },
  }
}

/** A counter of records that were sent, by what became of them. */
function resultCounter(registry: Registry, name: string, help: string): Counter<'result'> {
  const counter = new Counter({ name, help, labelNames: ['result'], registers: [registry] })
  for (const result of ['accepted', 'duplicate', 'rejected']) counter.inc({ result }, 0)
  return counter
}

/** Gauges that read the recorder when they are scraped. */
export function registerRecorderGauges(registry: Registry, recorder: Recorder): void {
  registerGauge(
    registry,
    'skillwatch_ingest_queue_observations',
    'Observations waiting for their commit.',
    () => {
      return recorder.queuedItems
    },
  )
  registerGauge(
    registry,
    'skillwatch_ingest_queue_observations_max',
    'Most observations that may wait for their commit.',
    () => {
      return recorder.queueItemsMax
    },
  )
  registerGauge(
    registry,
    'skillwatch_ingest_storage_available',
    '1 while the database accepts writes, otherwise 0.',
    () => {
      return recorder.lastError === undefined ? 1 : 0
    },
  )
}

function registerGauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read())
    },
  })
}
