import { describe, expect, test } from 'vitest'
import { planTelemetry } from '../../src/setup/telemetry.ts'
import { lookupIn } from '../../src/setup/variables.ts'

const INGEST = 'http://127.0.0.1:8766'

const BOTH = {
  CLAUDE_CODE_ENABLE_TELEMETRY: '1',
  OTEL_LOG_TOOL_DETAILS: '1',
}
const LOGS = {
  ...BOTH,
  OTEL_LOGS_EXPORTER: 'otlp',
  OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/protobuf',
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${INGEST}/v1/logs`,
}
const TRACES = {
  ...BOTH,
  CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: '1',
  OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf',
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${INGEST}/v1/traces`,
}
const ALL = { ...LOGS, ...TRACES }

type Variables = Readonly<Record<string, unknown>>

function plan(settings: Variables, environment: Variables = {}, force = false) {
  const places = [
    { name: 'the settings', variables: settings },
    { name: 'the environment', variables: environment },
  ]
  return planTelemetry(lookupIn(places), INGEST, force)
}

const reasons = (...args: Parameters<typeof plan>) =>
  plan(...args).conflicts.map(({ signal, reason }) => `${signal}: ${reason}`)

test('logs and traces are set up, each with variables of its own, and nothing for all signals', () => {
  expect(plan({})).toEqual({ env: ALL, signals: ['LOGS', 'TRACES'], conflicts: [], warnings: [] })
})

describe('what the user exports elsewhere stays', () => {
  const general = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
  }

  test('metrics to another address leave room for logs and traces', () => {
    const metrics = { CLAUDE_CODE_ENABLE_TELEMETRY: '1', OTEL_METRICS_EXPORTER: 'otlp', ...general }
    expect(plan(metrics)).toEqual({ env: ALL, signals: ['LOGS', 'TRACES'], conflicts: [], warnings: [] })
  })

  test('logs to another address are not redirected; traces are set up', () => {
    const logs = { CLAUDE_CODE_ENABLE_TELEMETRY: '1', OTEL_LOGS_EXPORTER: 'otlp', ...general }
    expect(plan({}, logs).env).toEqual(TRACES)
    expect(reasons({}, logs)).toEqual([
      'LOGS: OTEL_EXPORTER_OTLP_ENDPOINT in the environment sends them to https://otel.example',
    ])
  })

  test('with force they are, and the address for all signals still stays', () => {
    const logs = { OTEL_LOGS_EXPORTER: 'otlp', ...general }
    const { env, signals } = plan({}, logs, true)
    expect(env).toEqual(ALL)
    expect(signals).toEqual(['LOGS', 'TRACES'])
  })
})

test.each<[Variables, string[]]>([
  [
    { CLAUDE_CODE_ENABLE_TELEMETRY: '0' },
    [
      'LOGS: CLAUDE_CODE_ENABLE_TELEMETRY=0 in the settings switches them off',
      'TRACES: CLAUDE_CODE_ENABLE_TELEMETRY=0 in the settings switches them off',
    ],
  ],
  [
    { OTEL_SDK_DISABLED: 'true' },
    [
      'LOGS: OTEL_SDK_DISABLED=true in the settings switches them off',
      'TRACES: OTEL_SDK_DISABLED=true in the settings switches them off',
    ],
  ],
  [
    { CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: 0 },
    ['TRACES: CLAUDE_CODE_ENHANCED_TELEMETRY_BETA=0 in the settings switches them off'],
  ],
  [{ OTEL_LOGS_EXPORTER: 'none' }, ['LOGS: OTEL_LOGS_EXPORTER=none in the settings switches them off']],
  [
    { OTEL_LOGS_EXPORTER: 'console' },
    ['LOGS: OTEL_LOGS_EXPORTER=console in the settings does not send them'],
  ],
  [
    { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' },
    ['TRACES: OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=grpc in the settings does not send them over HTTP'],
  ],
  [
    { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'https://me:secret@otel.example/v1/logs?key=secret' },
    ['LOGS: OTEL_EXPORTER_OTLP_LOGS_ENDPOINT in the settings sends them to https://otel.example'],
  ],
])('of %j it is said that %j', (variables, expected) => {
  expect(reasons(variables)).toEqual(expected)
  for (const { signal } of plan(variables).conflicts) expect(plan(variables).signals).not.toContain(signal)
})

test.each<Variables>([
  { OTEL_LOGS_EXPORTER: '', PATH: '/bin', OTEL_SDK_DISABLED: 'false' },
  { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://localhost:8766/v1/logs/' },
  { OTEL_LOGS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: `${INGEST}/` },
  { OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json', OTEL_LOGS_EXPORTER: 'console, otlp' },
  { OTEL_METRICS_EXPORTER: 'none' },
  ALL,
])('%j conflicts with nothing', (variables) => {
  expect(plan(variables)).toMatchObject({ signals: ['LOGS', 'TRACES'], conflicts: [], warnings: [] })
})

test('another value that serves is not replaced, also with force', () => {
  const mine = { OTEL_LOGS_EXPORTER: 'console,otlp', OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json' }
  for (const force of [false, true]) {
    const { OTEL_LOGS_EXPORTER: _, OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: __, ...rest } = ALL
    expect(plan(mine, {}, force).env).toEqual(rest)
  }
})

test('force overrides what switches telemetry off', () => {
  const off = { CLAUDE_CODE_ENABLE_TELEMETRY: '0', OTEL_SDK_DISABLED: '1', OTEL_TRACES_EXPORTER: 'none' }
  expect(plan({}, off).env).toEqual({})
  expect(plan({}, off, true).env).toEqual({ ...ALL, OTEL_SDK_DISABLED: 'false' })
})

test('the settings decide before the environment, also with an empty value', () => {
  expect(reasons({ OTEL_LOGS_EXPORTER: 'otlp' }, { OTEL_LOGS_EXPORTER: 'none' })).toEqual([])
  expect(reasons({ OTEL_LOGS_EXPORTER: '' }, { OTEL_LOGS_EXPORTER: 'none' })).toEqual([])
})

describe('headers for all signals', () => {
  const foreign = { OTEL_EXPORTER_OTLP_HEADERS: 'x-team=a,Authorization=Basic planted-secret' }

  test('with an Authorization of others would be refused, so that force changes nothing', () => {
    for (const force of [false, true]) {
      const { env, signals, conflicts } = plan({}, foreign, force)
      expect({ env, signals }).toEqual({ env: {}, signals: [] })
      expect(conflicts.map(({ signal }) => signal)).toEqual(['LOGS', 'TRACES'])
      expect(conflicts[0]?.reason).toMatch(/^the Authorization of OTEL_EXPORTER_OTLP_HEADERS in the environ/)
      expect(JSON.stringify(conflicts)).not.toContain('planted-secret')
    }
  })

  test.each<Variables>([
    { OTEL_EXPORTER_OTLP_HEADERS: 'x-team=planted-secret' },
    { OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20sw_a_b' },
    { ...foreign, OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'a=b', OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'a=b' },
  ])('as in %j are no obstacle', (variables) => {
    expect(plan(variables).signals).toEqual(['LOGS', 'TRACES'])
  })
})

test('redacted names are a choice of the user, which is left and mentioned', () => {
  for (const force of [false, true]) {
    const { env, warnings } = plan({ OTEL_LOG_TOOL_DETAILS: '0' }, {}, force)
    expect(env).not.toHaveProperty('OTEL_LOG_TOOL_DETAILS')
    expect(warnings).toEqual([
      expect.stringMatching(/^OTEL_LOG_TOOL_DETAILS=0 in the settings redacts the names/),
    ])
  }
})

test('an export of the user that begins only now is mentioned', () => {
  const metrics = { OTEL_METRICS_EXPORTER: 'otlp' }
  expect(plan({}, metrics).warnings).toEqual([
    expect.stringMatching(/starts the export that OTEL_METRICS_EXPORTER=otlp in the environment configures/),
  ])
  expect(plan({ CLAUDE_CODE_ENABLE_TELEMETRY: '1' }, metrics).warnings).toEqual([])
})
