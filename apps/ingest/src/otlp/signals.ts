/** What OpenTelemetry sends, each on a path of its own. */
export type Signal = 'traces' | 'logs' | 'metrics'

export interface SignalNames {
  readonly path: `/v1/${Signal}`
  readonly request: string
  readonly response: string
  /** How the records lie in a request, from the outside in. */
  readonly levels: readonly [resources: string, scopes: string, records: string]
  /** Where a partial success counts what was not taken. */
  readonly rejected: 'rejectedSpans' | 'rejectedLogRecords' | 'rejectedDataPoints'
  /** One record, in words. */
  readonly record: string
}

export const SIGNALS: Readonly<Record<Signal, SignalNames>> = {
  traces: {
    path: '/v1/traces',
    request: 'ExportTraceServiceRequest',
    response: 'ExportTraceServiceResponse',
    levels: ['resourceSpans', 'scopeSpans', 'spans'],
    rejected: 'rejectedSpans',
    record: 'span',
  },
  logs: {
    path: '/v1/logs',
    request: 'ExportLogsServiceRequest',
    response: 'ExportLogsServiceResponse',
    levels: ['resourceLogs', 'scopeLogs', 'logRecords'],
    rejected: 'rejectedLogRecords',
    record: 'log record',
  },
  metrics: {
    path: '/v1/metrics',
    request: 'ExportMetricsServiceRequest',
    response: 'ExportMetricsServiceResponse',
    levels: ['resourceMetrics', 'scopeMetrics', 'metrics'],
    rejected: 'rejectedDataPoints',
    record: 'metric',
  },
}
