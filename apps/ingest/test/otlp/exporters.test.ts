import { context, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtoLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import {
  AggregationTemporalityPreference,
  OTLPMetricExporter as JsonMetricExporter,
} from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtoMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtoTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { describe, expect, test } from 'vitest'
import { NOW_MS, testApp } from '../support.ts'

const resource = resourceFromAttributes({ 'service.name': 'my-agent' })

const exporters = [
  ['http/protobuf', 'none', ProtoTraceExporter, ProtoLogExporter, ProtoMetricExporter],
  ['http/protobuf', 'gzip', ProtoTraceExporter, ProtoLogExporter, ProtoMetricExporter],
  ['http/json', 'none', JsonTraceExporter, JsonLogExporter, JsonMetricExporter],
  ['http/json', 'gzip', JsonTraceExporter, JsonLogExporter, JsonMetricExporter],
] as const

async function listening() {
  const ingest = await testApp()
  return { ingest, url: await ingest.app.listen({ port: 0, host: '127.0.0.1' }) }
}

describe.each(exporters)(
  'the official exporters by %s with compression %s',
  (_protocol, compression, ...classes) => {
    const [TraceExporter, LogExporter, MetricExporter] = classes
    const options = (url: string) => ({ url, compression: compression as never, timeoutMillis: 10_000 })

    test('spans of calls become invocations, the inner one inside the outer one', async () => {
      const { ingest, url } = await listening()
      await using _ingest = ingest
      const exporter = new TraceExporter(options(`${url}/v1/traces`))
      const provider = new BasicTracerProvider({
        resource,
        spanProcessors: [new BatchSpanProcessor(exporter)],
      })
      const tracer = provider.getTracer('agent', '1.0.0', {
        schemaUrl: 'https://opentelemetry.io/schemas/1.41.0',
      })
      const common = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.conversation.id': 'conversation-1' }
      const outer = tracer.startSpan('execute_tool skill pdf-fill', {
        startTime: NOW_MS - 5_000,
        attributes: {
          ...common,
          'gen_ai.tool.name': 'skill',
          'gen_ai.skill.name': 'pdf-fill',
          'gen_ai.tool.call.id': 'call_Qk3VhZ',
          'process.exit.code': 0,
        },
      })
      const inner = tracer.startSpan(
        'execute_tool search',
        {
          startTime: NOW_MS - 4_000,
          attributes: {
            ...common,
            'gen_ai.tool.name': 'search',
            'gen_ai.tool.call.id': 'call_Wm8RtY',
            'error.type': 'timeout',
          },
        },
        trace.setSpan(context.active(), outer),
      )
      inner.setStatus({ code: SpanStatusCode.ERROR, message: 'secret words' })
      inner.end(NOW_MS - 3_000)
      outer.end(NOW_MS - 2_500)
      tracer.startSpan('chat some-model', { startTime: NOW_MS - 9_000 }).end(NOW_MS - 8_000)
      await provider.forceFlush()
      await provider.shutdown()
      const rows = new Map((await ingest.rows()).map((row) => [row.invocation_id, row]))
      expect(rows.size).toBe(2)
      expect(rows.get('call_Qk3VhZ')).toMatchObject({
        kind: 'skill',
        skill_name: 'pdf-fill',
        session_id: 'conversation-1',
        outcome: 'completed',
        invoked_at: new Date(NOW_MS - 5_000).toISOString(),
        ended_at: new Date(NOW_MS - 2_500).toISOString(),
        execution_ms: 2_500,
        witnesses: ['otel_span'],
        attributes: {
          'service.name': 'my-agent',
          'process.exit.code': 0,
          trace_id: outer.spanContext().traceId,
        },
      })
      expect(rows.get('call_Wm8RtY')).toMatchObject({
        kind: 'tool',
        skill_name: 'search',
        outcome: 'failed',
        error_type: 'timeout',
        parent_invocation_id: 'call_Qk3VhZ',
      })
      expect(JSON.stringify([...rows.values()])).not.toContain('secret words')
      expect(await ingest.metricsText()).toContain(
        'skillwatch_otlp_unused_total{signal="traces",name="chat"} 1',
      )
      expect(ingest.differences()).toEqual([])
    })

    test("Claude Code's events become invocations", async () => {
      const { ingest, url } = await listening()
      await using _ingest = ingest
      const exporter = new LogExporter(options(`${url}/v1/logs`))
      const provider = new LoggerProvider({
        resource,
        processors: [new BatchLogRecordProcessor({ exporter })],
      })
      const logger = provider.getLogger('com.anthropic.claude_code.events')
      logger.emit({
        body: 'claude_code.tool_result',
        timestamp: NOW_MS - 1_000,
        attributes: {
          'event.name': 'tool_result',
          'session.id': 'session-1',
          'prompt.id': 'prompt-1',
          'user.email': 'someone@example.org',
          tool_name: 'Skill',
          tool_use_id: 'toolu_1',
          success: 'true',
          duration_ms: '250',
          tool_parameters: '{"skill_name":"pdf-fill"}',
        },
      })
      logger.emit({
        eventName: 'claude_code.user_prompt',
        timestamp: NOW_MS,
        attributes: { 'session.id': 'session-1', prompt: 'secret words' },
      })
      await provider.forceFlush()
      await provider.shutdown()
      const rows = await ingest.rows()
      expect(rows).toMatchObject([
        {
          invocation_id: 'toolu_1',
          kind: 'skill',
          skill_name: 'pdf-fill',
          session_id: 'session-1',
          prompt_id: 'prompt-1',
          outcome: 'completed',
          execution_ms: 250,
          witnesses: ['otel_log'],
        },
      ])
      expect(JSON.stringify(rows)).not.toMatch(/example\.org|secret words/)
      expect(await ingest.metricsText()).toContain('{signal="logs",name="claude_code.user_prompt"} 1')
    })

    test.each([
      ['delta', AggregationTemporalityPreference.DELTA],
      ['cumulative', AggregationTemporalityPreference.CUMULATIVE],
    ])('metrics of %s temporality are taken and counted by name', async (_name, temporalityPreference) => {
      const { ingest, url } = await listening()
      await using _ingest = ingest
      const exporter = new MetricExporter({ ...options(`${url}/v1/metrics`), temporalityPreference })
      const provider = new MeterProvider({
        resource,
        readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 })],
      })
      const meter = provider.getMeter('agent')
      const tokens = meter.createCounter('claude_code.token.usage')
      tokens.add(5, { type: 'input' })
      tokens.add(7, { type: 'output' })
      meter.createHistogram('gen_ai.execute_tool.duration').record(0.5)
      await provider.forceFlush()
      const text = await ingest.metricsText()
      expect(text).toContain(
        'skillwatch_otlp_unused_total{signal="metrics",name="claude_code.token.usage"} 2',
      )
      expect(text).toContain(
        'skillwatch_otlp_unused_total{signal="metrics",name="gen_ai.execute_tool.duration"} 1',
      )
      expect(text).toContain('skillwatch_otlp_received_total{signal="metrics"} 3')
      await provider.shutdown()
    })
  },
)
