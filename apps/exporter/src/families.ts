import type { LabelBounds } from './bounded-labels.ts'
import { cumulativeBuckets } from './buckets.ts'
import { completionRates } from './completion.ts'
import { countLive, type LiveCount, type LiveCounts } from './live-counts.ts'
import type { MetricFamily, Sample } from './render.ts'
import type { Snapshot } from './snapshot.ts'

/** All metrics of one project: session-buddy's five families, and those about Skillwatch itself. */
export function metricFamilies(snapshot: Snapshot, bounds: LabelBounds): MetricFamily[] {
  const live = countLive(snapshot.series, bounds)
  return [...sessionBuddyFamilies(snapshot, live), ...ownFamilies(snapshot), foldedValues(live)]
}

function sessionBuddyFamilies(snapshot: Snapshot, live: LiveCounts): MetricFamily[] {
  const rates = completionRates(snapshot.endedSkills, live.names)
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
      { labels: {}, value: snapshot.activeSessionCount },
    ]),
    counter('anomalies_detected_total', 'Anomalies found, by type and skill.', []),
  ]
}

function ownFamilies(snapshot: Snapshot): MetricFamily[] {
  return [
    // Not a counter: an invocation that ends moves from outcome running to another one.
    gauge(
      'skillwatch_witnessed_invocations',
      'Invocations in the database by outcome, once for each witness that reported them.',
      snapshot.witnesses.map(({ witness, outcome, invocation_count }) => ({
        labels: { witness, outcome },
        value: invocation_count,
      })),
    ),
    gauge('skillwatch_change_offset', 'Offset of the newest change in the log.', [
      { labels: {}, value: snapshot.changeOffset },
    ]),
    gauge('skillwatch_database_bytes', 'Size of the database, its write-ahead log not included.', [
      { labels: {}, value: snapshot.databaseBytes },
    ]),
  ]
}

function foldedValues({ names, phases, labelSets }: LiveCounts): MetricFamily {
  return gauge(
    'skillwatch_exporter_folded_values',
    'Label values beyond the bounds, counted under _other.',
    [
      { labels: { label: 'skill_name' }, value: names.foldedCount },
      { labels: { label: 'workflow_phase' }, value: phases.foldedCount },
      { labels: { label: 'combination' }, value: labelSets.foldedCount },
    ],
  )
}

function invocationSamples({
  kind,
  skill_name,
  workflow_phase,
  completedCount,
  otherCount,
}: LiveCount): Sample[] {
  // Both samples exist from the first invocation on, so that `rate` sees the first failure rise from 0.
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
}: LiveCount): Sample[] {
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
