import { expect, test } from 'vitest'
import {
  conflictingVariables,
  type SetupChoice,
  shellLine,
  wantedSettings,
} from '../../src/setup/claude-code.ts'
import { obstacles } from '../../src/setup/obstacles.ts'

const chosen: SetupChoice = {
  ingestUrl: 'http://127.0.0.1:8766',
  hasKey: true,
  hooks: 'http',
  telemetry: true,
  command: 'skillwatch hook',
}
const wanted = wantedSettings(chosen)

test.each([
  [{}, []],
  [wanted.env, []],
  [{ OTEL_LOGS_EXPORTER: '', PATH: '/bin' }, []],
  [{ CLAUDE_CODE_ENABLE_TELEMETRY: '0' }, ['CLAUDE_CODE_ENABLE_TELEMETRY']],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example' }, ['OTEL_EXPORTER_OTLP_ENDPOINT']],
  [
    { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'https://otel.example/v1/logs' },
    ['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT'],
  ],
  [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://127.0.0.1:8766/v1/logs' }, []],
  [{ OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'grpc' }, ['OTEL_EXPORTER_OTLP_LOGS_PROTOCOL']],
])('of %j in the way of telemetry are %j', (variables, names) => {
  expect(conflictingVariables(variables, wanted, chosen)).toEqual(names)
})

test('without telemetry nothing is in its way', () => {
  const without = { ...chosen, telemetry: false }
  const elsewhere = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example' }
  expect(conflictingVariables(elsewhere, wantedSettings(without), without)).toEqual([])
})

test.each([
  [{}, {}, /^$/],
  [{ disableAllHooks: true }, {}, /^`disableAllHooks` is on/],
  [{ disableAllHooks: true }, { hooks: 'command' }, /^`disableAllHooks` is on/],
  [{ disableAllHooks: true }, { hooks: 'none' }, /^$/],
  [{ disableAllHooks: false }, {}, /^$/],
  [{ allowedHttpHookUrls: [] }, {}, /add "http:\/\/127\.0\.0\.1:8766\/\*" to it, or use --command/],
  [{ allowedHttpHookUrls: ['https://hooks.example/*', 7] }, {}, /^`allowedHttpHookUrls` blocks/],
  [{ allowedHttpHookUrls: ['http://127x0x0x1:8766/*'] }, {}, /^`allowedHttpHookUrls` blocks/],
  [{ allowedHttpHookUrls: ['http://127.0.0.1:*'] }, {}, /^$/],
  [{ allowedHttpHookUrls: ['http://127.0.0.1:8766/v1/hooks/claude-code'] }, {}, /^$/],
  [{ allowedHttpHookUrls: [] }, { hooks: 'command' }, /^$/],
  [{ httpHookAllowedEnvVars: ['TOKEN'] }, {}, /^`httpHookAllowedEnvVars` keeps the API key/],
  [{ httpHookAllowedEnvVars: ['TOKEN'] }, { hasKey: false }, /^$/],
  [{ httpHookAllowedEnvVars: ['SKILLWATCH_API_KEY'] }, {}, /^$/],
] as const)('with %j and %j the hooks meet %s', (settings, choice, expected) => {
  expect(obstacles(settings, { ...chosen, ...choice }).join('\n')).toMatch(expected)
})

test('a command line survives the shell, whatever the folders are called', () => {
  expect(shellLine(['/opt/node', "it's a folder/x", '$(rm)'])).toBe(
    `/opt/node 'it'\\''s a folder/x' '$(rm)'`,
  )
})
