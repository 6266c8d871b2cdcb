/**
 * Attributes with OpenTelemetry's names for logs outside of OTLP
 * (opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context).
 */
export interface TraceIds {
  /** 32 hexadecimal digits. */
  readonly trace_id: string
  /** 16 hexadecimal digits. */
  readonly span_id: string
}

/** The part of `@opentelemetry/api` that is used here; the module itself fits. */
export interface OpenTelemetryApi {
  readonly trace: {
    getActiveSpan(): { spanContext(): { readonly traceId: string; readonly spanId: string } } | undefined
  }
}

const NO_TRACE = /^0*$/

/** Ids of the active span; undefined outside of spans and in spans without a trace id. */
export function activeTraceIds(api: OpenTelemetryApi): TraceIds | undefined {
  const span = api.trace.getActiveSpan()
  if (span === undefined) return undefined
  const { traceId, spanId } = span.spanContext()
  return NO_TRACE.test(traceId) ? undefined : { trace_id: traceId, span_id: spanId }
}
