/** The kinds of data that OpenTelemetry sends, each on a path of its own. */
export type Signal = 'traces' | 'logs' | 'metrics'

export interface SignalNames {
  readonly path: `/v1/${Signal}`
  readonly request: string
  readonly response: string
  /** The fields that lead to the records of a request, from the outermost. */
  readonly levels: readonly [resources: string, scopes: string, records: string]
  /** The field of a partial success that counts rejected records. */
  readonly rejected: 'rejectedSpans' | 'rejectedLogRecords' | 'rejectedDataPoints'
  /** One record, in a message to people. */
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
