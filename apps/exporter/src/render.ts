import { type Metric, Registry } from 'prom-client'

export interface Sample {
  /** The family's name when left out. */
  readonly metricName?: string
  readonly labels: Readonly<Record<string, string>>
  /** Labels that several samples share; formatted once. */
  readonly sharedLabels?: Readonly<Record<string, string>>
  readonly value: number
}

export interface MetricFamily {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly values: readonly Sample[]
}

/** The families in the Prometheus text format 0.0.4, formatted and escaped by prom-client. */
export function renderFamilies(families: readonly MetricFamily[]): Promise<string> {
  const registry = new Registry()
  // A registry uses only the name, type and `get` of a metric; its types require the whole class.
  for (const family of families)
    registry.registerMetric({ ...family, get: async () => family } as unknown as Metric)
  return registry.metrics()
}
