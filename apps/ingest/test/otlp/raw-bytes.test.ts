import { SpanStatusCode } from '@opentelemetry/api'
import {
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { expect, test } from 'vitest'
import { NOW_MS } from '../support.ts'
import { decode, otlpApp, PROTOBUF } from './support.ts'

const resource = resourceFromAttributes({ 'service.name': 'otel-cli', 'session.id': 'shell-1' })

/** One span of one command, as a shell script without an SDK sends it. */
function traceBytes(): Buffer {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const span = provider.getTracer('otel-cli', '0.4.5').startSpan('execute_tool pytest', {
    startTime: NOW_MS - 3_000,
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'pytest',
      'gen_ai.skill.name': 'run-tests',
      'process.executable.name': 'pytest',
      'process.exit.code': 1,
      'error.type': 'exit_1',
    },
  })
  span.addEvent('collected', { count: 12 })
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'two failed' })
  span.end(NOW_MS - 1_000)
  return Buffer.from(ProtobufTraceSerializer.serializeRequest(exporter.getFinishedSpans())!)
}

function logBytes(): Buffer {
  const exporter = new InMemoryLogRecordExporter()
  const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter })] })
  provider.getLogger('events').emit({
    eventName: 'claude_code.tool_result',
    timestamp: NOW_MS - 1_000,
    attributes: { tool_name: 'Bash', tool_use_id: 'toolu_1', success: true, duration_ms: 12.5 },
  })
  return Buffer.from(ProtobufLogsSerializer.serializeRequest(exporter.getFinishedLogRecords())!)
}

async function metricBytes(): Promise<Buffer> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA)
  const provider = new MeterProvider({
    resource,
    readers: [new PeriodicExportingMetricReader({ exporter })],
  })
  provider.getMeter('m').createHistogram('gen_ai.execute_tool.duration', { unit: 's' }).record(0.25)
  await provider.forceFlush()
  const bytes = ProtobufMetricsSerializer.serializeRequest(exporter.getMetrics()[0]!)!
  await provider.shutdown()
  return Buffer.from(bytes)
}

test('bytes of the official serializers are read when no SDK sends them', async () => {
  await using ingest = await otlpApp()
  const post = (path: string, bytes: Buffer) => ingest.send(path, bytes, { 'content-type': PROTOBUF })
  const replies = [
    await post('traces', traceBytes()),
    await post('logs', logBytes()),
    await post('metrics', await metricBytes()),
  ]
  expect(replies.map((reply) => [reply.statusCode, reply.rawPayload.length])).toEqual(
    Array(3).fill([200, 0]),
  )
  const rows = await ingest.rows()
  expect(rows.toSorted((a, b) => (a.kind < b.kind ? -1 : 1))).toMatchObject([
    {
      kind: 'skill',
      skill_name: 'run-tests',
      session_id: 'shell-1',
      outcome: 'failed',
      error_type: 'exit_1',
      execution_ms: 2_000,
      attributes: { 'process.executable.name': 'pytest', 'process.exit.code': 1 },
    },
    { kind: 'tool', skill_name: 'Bash', session_id: 'shell-1', outcome: 'completed', execution_ms: 12.5 },
  ])
  expect(await ingest.metricsText()).toContain('name="gen_ai.execute_tool.duration"} 1')
})

test('a request cut at any byte is refused or read as far as it is whole', async () => {
  await using ingest = await otlpApp()
  for (const [path, bytes] of [
    ['traces', traceBytes()],
    ['logs', logBytes()],
  ] as const) {
    for (let length = 0; length < bytes.length; length++) {
      const reply = await ingest.send(path, bytes.subarray(0, length), { 'content-type': PROTOBUF })
      if (reply.statusCode === 200) continue
      expect(reply.statusCode).toBe(400)
      expect(decode('Status2', reply.rawPayload)).toMatchObject({ code: 3 })
    }
  }
  expect(await ingest.rows()).toEqual([])
})
