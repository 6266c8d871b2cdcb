type Value = string | number | boolean
export type AttributeValues = Readonly<Record<string, Value | undefined>>

/** OTLP/JSON's key-value pairs: 64-bit integers are text. */
export function keyValues(attributes: AttributeValues): object[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }],
  )
}

export function anyValue(value: Value): object {
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'string') return { stringValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

export function nanoseconds(ms: number): string {
  return `${BigInt(Math.round(ms * 1000)) * 1000n}`
}

const resource = { attributes: keyValues({ 'service.name': 'claude-code', 'service.version': '2.1.144' }) }

export function logsRequest(logRecords: readonly object[]): object {
  return {
    resourceLogs: [
      { resource, scopeLogs: [{ scope: { name: 'com.anthropic.claude_code.events' }, logRecords }] },
    ],
  }
}

export function tracesRequest(spans: readonly object[]): object {
  return {
    resourceSpans: [
      { resource, scopeSpans: [{ scope: { name: 'com.anthropic.claude_code.tracing' }, spans }] },
    ],
  }
}
