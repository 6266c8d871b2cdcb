import type { ExperimentSample } from '@skillwatch/db'
import type { MetricFamily } from './render.ts'

/**
 * What session-buddy's alert compares. Both are gauges despite the first name, which is session-buddy's.
 * Experiments that have ended have no series. A project has at most 1,000 experiments.
 */
export function experimentFamilies(samples: readonly ExperimentSample[]): MetricFamily[] {
  return [
    gauge(
      'ab_test_samples_total',
      'Users with outcomes in the smaller group of a running experiment.',
      samples.map(({ test_name, samples: value }) => ({ labels: { test_name }, value })),
    ),
    gauge(
      'ab_test_min_sample_size',
      'Users with outcomes that each group of a running experiment needs.',
      samples.map(({ test_name, min_sample_size: value }) => ({ labels: { test_name }, value })),
    ),
  ]
}

function gauge(name: string, help: string, values: MetricFamily['values']): MetricFamily {
  return { name, help, type: 'gauge', values }
}
