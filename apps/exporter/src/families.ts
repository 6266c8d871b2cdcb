import { countAnomalies } from './anomaly-counts.ts'
import type { LabelBounds } from './bounded-labels.ts'
import { cumulativeBuckets } from './buckets.ts'
import { completionRates } from './completion-rates.ts'
import { experimentFamilies } from './experiment-families.ts'
import { countByLabelSet, type LabelSetCount } from './label-set-counts.ts'
import type { MetricFamily, Sample } from './render.ts'
import type { ScrapeData } from './scrape-data.ts'

/** The families of one project: those of session-buddy, and ours. */
export function metricFamilies(data: ScrapeData, bounds: LabelBounds): MetricFamily[] {
  const live = countByLabelSet(data.series, bounds)
  const anomalies = countAnomalies(data.anomalies, bounds)
  const rates = completionRates(data.endedSkills, live.names)
  return [
    counter(
      'skill_invocations_total',
      'Live invocations that ended; history that was imported does not count here.',
      live.counts.flatMap(invocationSamples),
    ),
    {
      name: 'skill_duration_seconds',
      help: 'Execution time of live invocations that completed or failed.',
      type: 'histogram',
      values: live.counts.flatMap(durationSamples),
    },
    gauge(
      'skill_completion_rate',
      'Completed share of all ended invocations of a skill, 0 to 1, history included.',
      rates.map(({ kind, skill_name, rate }) => ({ labels: { kind, skill_name }, value: rate })),
    ),
    // A gauge despite its name, which is session-buddy's.
    gauge('active_sessions_total', 'Sessions with a start or an end of an invocation within 15 minutes.', [
      { labels: {}, value: data.activeSessionCount },
    ]),
    counter(
      'anomalies_detected_total',
      'Anomalies that were stored within two hours after they opened, by type and skill.',
      anomalies.counts.map(({ kind, skill_name, subtype, count }) => ({
        labels: { anomaly_type: subtype, kind, skill_name },
        value: count,
      })),
    ),
    ...experimentFamilies(data.experiments),
    ...predictionFamilies(data.predictions),
    // A gauge: a running call that ends moves from one outcome to another.
    gauge(
      'skillwatch_witnessed_invocations',
      'Invocations in the database by outcome, counted once for each witness that reported them.',
      data.witnesses.map(({ witness, outcome, invocation_count }) => ({
        labels: { witness, outcome },
        value: invocation_count,
      })),
    ),
    gauge('skillwatch_change_offset', 'Offset of the newest change in the log.', [
      { labels: {}, value: data.changeOffset },
    ]),
    gauge('skillwatch_database_bytes', 'Size of the database, its write-ahead log not included.', [
      { labels: {}, value: data.databaseBytes },
    ]),
    gauge('skillwatch_exporter_folded_values', 'Label values beyond the bounds, counted under _other.', [
      { labels: { label: 'skill_name' }, value: live.names.foldedCount },
      { labels: { label: 'workflow_phase' }, value: live.phases.foldedCount },
      { labels: { label: 'combination' }, value: live.labelSets.foldedCount },
      { labels: { label: 'anomaly' }, value: anomalies.foldedCount },
    ]),
  ]
}

/** Gauges despite the name of the second one, which is session-buddy's: each run replaces them. */
function predictionFamilies(predictions: ScrapeData['predictions']): MetricFamily[] {
  return [
    gauge(
      'skill_prediction_correct',
      'Judged calls of the last run of predictions whose outcome was the one that the answer expected.',
      predictions.map(({ kind, correct }) => ({ labels: { kind }, value: correct })),
    ),
    gauge(
      'skill_prediction_total',
      'Judged calls of the last run of predictions.',
      predictions.map(({ kind, judged }) => ({ labels: { kind }, value: judged })),
    ),
  ]
}

function invocationSamples({
  kind,
  skill_name,
  workflow_phase,
  completedCount,
  otherCount,
}: LabelSetCount): Sample[] {
  // Both are shown from the first invocation on, so that `rate` sees the first failure rise from 0.
  return [
    { labels: { completed: 'false', kind, skill_name, workflow_phase }, value: otherCount },
    { labels: { completed: 'true', kind, skill_name, workflow_phase }, value: completedCount },
  ]
}

function durationSamples({
  kind,
  skill_name,
  workflow_phase,
  buckets,
  executionMsSum,
}: LabelSetCount): Sample[] {
  const cumulative = cumulativeBuckets(buckets)
  const count = cumulative.at(-1)!.count
  if (count === 0) return []
  const sharedLabels = { kind, skill_name, workflow_phase }
  return [
    ...cumulative.map((bucket) => ({
      metricName: 'skill_duration_seconds_bucket',
      labels: { le: bucket.le },
      sharedLabels,
      value: bucket.count,
    })),
    { metricName: 'skill_duration_seconds_sum', labels: {}, sharedLabels, value: executionMsSum / 1_000 },
    { metricName: 'skill_duration_seconds_count', labels: {}, sharedLabels, value: count },
  ]
}

function counter(name: string, help: string, values: Sample[]): MetricFamily {
  return { name, help, type: 'counter', values }
}

function gauge(name: string, help: string, values: Sample[]): MetricFamily {
  return { name, help, type: 'gauge', values }
}
