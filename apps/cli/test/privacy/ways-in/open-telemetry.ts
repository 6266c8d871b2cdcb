import { randomBytes } from 'node:crypto'
import { machineNowMs } from '@skillwatch/testkit'
import type { Planted } from '../planted.ts'
import { encodeLogs, encodeTraces, type KeyValue, type LogRecord, type Span } from './otlp-protobuf.ts'
import { post, type Source } from './source.ts'

/** What is known to hold text in spans and events of agents, ours or not. */
const CONTENT = [
  'prompt',
  'tool_input',
  'tool_parameters',
  'error',
  'gen_ai.tool.call.arguments',
  'gen_ai.tool.call.result',
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.system_instructions',
  'exception.message',
  'exception.stacktrace',
  'user.email',
  'http.request.header.authorization',
]
const NAMES = [
  'session.id',
  'prompt.id',
  'user.id',
  'user.account_uuid',
  'tool_use_id',
  'tool_name',
  'skill.name',
  'skill.source',
  'plugin.name',
  'agent_type',
  'error_type',
  'error.type',
  'gen_ai.tool.name',
  'gen_ai.conversation.id',
  'gen_ai.agent.name',
  'gen_ai.agent.id',
  'gen_ai.skill.name',
  'gen_ai.skill.source.uri',
  'mcp.session.id',
  'request_id',
  'model',
  'service.name',
]

const EVENTS = [
  'skill_activated',
  'tool_result',
  'tool_decision',
  'user_prompt',
  'api_request',
  'api_error',
  'subagent_completed',
]

/** Everything that is looked at and more: as text, in lists and in maps, and in the names of attributes. */
function plantedAttributes(planted: Planted, way: string, more: Record<string, string> = {}): KeyValue[] {
  const text = (key: string, stringValue: string): KeyValue => ({ key, value: { stringValue } })
  const nested = text(planted.token(`${way}: key in a map`), planted.text(`${way}: map`))
  return [
    ...CONTENT.map((name) => text(name, planted.text(`${way}: ${name}`))),
    ...NAMES.filter((name) => more[name] === undefined).map((name) =>
      text(name, planted.token(`${way}: ${name}`)),
    ),
    text(planted.token(`${way}: key`), planted.text(`${way}: unknown`)),
    {
      key: 'tool_output',
      value: { arrayValue: { values: [{ stringValue: planted.text(`${way}: list`) }] } },
    },
    { key: 'tool_details', value: { kvlistValue: { values: [nested] } } },
    ...Object.entries(more).map(([key, value]) => text(key, value)),
  ]
}

/** The same kinds of records for each encoding, with texts of their own. */
function plantedSignals(planted: Planted, way: string) {
  const at = `${machineNowMs()}000000`
  const around = (signal: string) => ({
    resource: { attributes: plantedAttributes(planted, `${way} ${signal} resource`) },
    scope: {
      name: planted.token(`${way} ${signal}: scope`),
      version: planted.token(`${way} ${signal}: scope version`),
      attributes: plantedAttributes(planted, `${way} ${signal} scope`),
    },
  })
  const log = (name: string, more: Record<string, string>): LogRecord => ({
    timeUnixNano: at,
    body: { stringValue: planted.text(`${way} log ${name}: body`) },
    attributes: plantedAttributes(planted, `${way} log ${name}`, more),
  })
  const records = [
    ...EVENTS.map((name) => log(name, { 'event.name': name, success: 'false' })),
    ...EVENTS.map((name) =>
      log(`${name} with error class`, { 'event.name': name, ...plantedErrors(planted, way) }),
    ),
    log('unknown', { 'event.name': planted.token(`${way} unknown log: event.name`) }),
    { ...log('named by the record', {}), eventName: planted.token(`${way} log: eventName`) },
  ]
  const operations = ['execute_tool', 'invoke_agent', 'chat', planted.text(`${way} span: operation`)]
  const spans = operations.map(
    (operation, index): Span => ({
      traceId: randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
      traceState: `vendor=${planted.token(`${way} span: state`)}`,
      name: `${operation} ${planted.token(`${way} span: name`)}`,
      startTimeUnixNano: at,
      endTimeUnixNano: at,
      status: { code: 2, message: planted.text(`${way} span: status`) },
      events: [
        {
          name: planted.text(`${way} span event: name`),
          attributes: plantedAttributes(planted, `${way} span event`),
        },
      ],
      attributes: plantedAttributes(planted, `${way} span ${index}`, {
        'gen_ai.operation.name': operation,
        ...(index === 0 && plantedErrors(planted, way)),
      }),
    }),
  )
  return { at, around, records, spans }
}

/** Classes of errors are kept; what integrations put there besides may not be. */
function plantedErrors(planted: Planted, way: string): Record<string, string> {
  return { error_type: planted.note(`${way}: error_type`), 'error.type': planted.note(`${way}: error.type`) }
}

export async function sendOpenTelemetry(source: Source): Promise<void> {
  const { planted } = source
  const json = plantedSignals(planted, 'json')
  const { resource, scope } = json.around('logs')
  const schemaUrl = planted.token('json: schemaUrl')
  await post(source, '/v1/logs', {
    resourceLogs: [{ resource, schemaUrl, scopeLogs: [{ scope, schemaUrl, logRecords: json.records }] }],
  })
  const traced = json.around('traces')
  await post(source, '/v1/traces', {
    resourceSpans: [
      { resource: traced.resource, schemaUrl, scopeSpans: [{ scope: traced.scope, spans: json.spans }] },
    ],
  })
  const protobuf = plantedSignals(planted, 'protobuf')
  const type = 'application/x-protobuf'
  await post(source, '/v1/logs', encodeLogs(protobuf.around('logs'), protobuf.records), type)
  await post(source, '/v1/traces', encodeTraces(protobuf.around('traces'), protobuf.spans), type)

  const sum = {
    dataPoints: [{ asInt: '1', timeUnixNano: json.at, attributes: plantedAttributes(planted, 'metric') }],
  }
  const metrics = [
    { name: 'claude_code.token.usage', description: planted.text('metric: description'), sum },
    { name: planted.token('metric: name'), unit: planted.token('metric: unit'), sum },
  ]
  await post(source, '/v1/metrics', {
    resourceMetrics: [{ resource: json.around('metrics').resource, scopeMetrics: [{ metrics }] }],
  })
  await post(source, '/v1/logs', `{"resourceLogs": "${planted.text('broken logs')}"`)
  await post(source, '/v1/logs', planted.text('broken protobuf'), type)
  await post(source, '/v1/traces', { resourceSpans: planted.text('wrong traces') })
}
