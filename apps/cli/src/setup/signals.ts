import { inWords, isOn, type Lookup, type Variable } from './variables.ts'

/** What Skillwatch uses of Claude Code's telemetry. Metrics of Claude Code name no calls. */
export const SIGNALS = ['LOGS', 'TRACES'] as const
export type Signal = (typeof SIGNALS)[number]

/** A variable that Skillwatch needs. */
export interface Rule {
  readonly name: string
  readonly wanted: string
  /** Whether a value serves. */
  readonly accepts: (variable: Variable) => boolean
  /** What a value that does not serve does to the signal. */
  readonly effect: (variable: Variable) => string
  /** Whether it serves too when it is not set. */
  readonly isOptional?: boolean
}

/** A variable of the user that keeps a signal from Skillwatch. */
export interface Conflict {
  /** Such as "OTEL_LOGS_EXPORTER=none in the environment switches them off". */
  readonly reason: string
  readonly remedy: string
  /** Whether the wanted variables in the settings resolve it. */
  readonly canForce: boolean
}

/**
 * The variables that one signal needs. They leave the other signals and the address for all signals as they
 * are.
 */
export function rulesOf(signal: Signal, ingestUrl: string): Rule[] {
  const endpoint = `${ingestUrl}/v1/${signal.toLowerCase()}`
  return [
    ENABLED,
    NOT_DISABLED,
    ...(signal === 'TRACES' ? [TRACES_ENABLED] : []),
    {
      name: `OTEL_${signal}_EXPORTER`,
      wanted: 'otlp',
      accepts: sendsOtlp,
      effect: ({ value }) => (value === 'none' ? OFF() : 'does not send them'),
    },
    {
      name: `OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`,
      wanted: 'http/protobuf',
      accepts: ({ value }) => value.startsWith('http/'),
      effect: () => 'does not send them over HTTP',
    },
    {
      name: `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`,
      wanted: endpoint,
      accepts: ({ value }) => isSameUrl(value, endpoint),
      effect: ({ value }) => `sends them to ${originOf(value)}`,
    },
  ]
}

const OFF = () => 'switches them off'
const ENABLED: Rule = { name: 'CLAUDE_CODE_ENABLE_TELEMETRY', wanted: '1', accepts: isOn, effect: OFF }
const TRACES_ENABLED: Rule = { ...ENABLED, name: 'CLAUDE_CODE_ENHANCED_TELEMETRY_BETA' }
const NOT_DISABLED: Rule = {
  name: 'OTEL_SDK_DISABLED',
  wanted: 'false',
  accepts: (variable) => !isOn(variable),
  effect: OFF,
  isOptional: true,
}
/** Concerns both signals, and keeps neither from Skillwatch. */
export const DETAILS: Rule = {
  name: 'OTEL_LOG_TOOL_DETAILS',
  wanted: '1',
  accepts: isOn,
  effect: () => 'redacts the names of skills, tools and MCP servers',
}

/** What keeps a signal from Skillwatch at present. */
export function conflictsOf(signal: Signal, lookup: Lookup, ingestUrl: string): Conflict[] {
  const found = rulesOf(signal, ingestUrl).flatMap(({ name, accepts, effect }) => {
    const variable = lookup(name)
    return variable === undefined || accepts(variable) ? [] : [conflict(variable, effect(variable))]
  })
  return [...found, ...sharedEndpoint(signal, lookup, ingestUrl), ...sharedHeaders(signal, lookup)]
}

function conflict(variable: Variable, effect: string): Conflict {
  return {
    reason: `${inWords(variable)} ${effect}`,
    remedy: 'Remove it and run this again, or use --force to override it.',
    canForce: true,
  }
}

/** An address for all signals conflicts when this signal is exported to it. */
function sharedEndpoint(signal: Signal, lookup: Lookup, ingestUrl: string): Conflict[] {
  const shared = lookup('OTEL_EXPORTER_OTLP_ENDPOINT')
  const exporter = lookup(`OTEL_${signal}_EXPORTER`)
  const hasOwn = lookup(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`) !== undefined
  const isUsed = exporter !== undefined && sendsOtlp(exporter) && !hasOwn
  if (shared === undefined || !isUsed || isSameUrl(shared.value, ingestUrl)) return []
  return [
    {
      reason: `${inWords(shared)} sends them to ${originOf(shared.value)}`,
      remedy: 'Use --force to send them to Skillwatch instead.',
      canForce: true,
    },
  ]
}

/** Anything but a key of Skillwatch, which refuses requests with a key that it does not know. */
const FOREIGN_AUTHORIZATION = /(^|,)\s*authorization\s*=\s*(?!bearer(\s|%20)+sw_)/i

/** Headers for all signals are sent to Skillwatch too, unless those of the signal replace them. */
function sharedHeaders(signal: Signal, lookup: Lookup): Conflict[] {
  const shared = lookup('OTEL_EXPORTER_OTLP_HEADERS')
  const hasOwn = lookup(`OTEL_EXPORTER_OTLP_${signal}_HEADERS`) !== undefined
  if (shared === undefined || hasOwn || !FOREIGN_AUTHORIZATION.test(shared.value)) return []
  return [
    {
      reason: `the Authorization of ${inWords(shared)} is sent with every signal, and Skillwatch refuses it`,
      remedy:
        'Create a key (`skillwatch keys create --name claude-code --scope ingest`). Where Claude Code is ' +
        'started, set OTEL_EXPORTER_OTLP_LOGS_HEADERS and OTEL_EXPORTER_OTLP_TRACES_HEADERS to ' +
        '"Authorization=Bearer <key>", and run this again there.',
      canForce: false,
    },
  ]
}

function sendsOtlp({ value }: Variable): boolean {
  return value.split(',').some((exporter) => exporter.trim() === 'otlp')
}

/** The address for people: without credentials, path and query. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'another address'
}

function isSameUrl(a: string, b: string): boolean {
  return normalUrl(a) === normalUrl(b)
}

function normalUrl(url: string): string {
  return url.replace(/\/+$/, '').replace('//localhost', '//127.0.0.1')
}
