import { readFileSync } from 'node:fs'
import protobuf from 'protobufjs'
import { NOW_MS, testApp } from '../support.ts'

const { root } = protobuf.parse(readFileSync(new URL('./full.proto', import.meta.url), 'utf8'))

export const PROTOBUF = 'application/x-protobuf'
export const JSON_TYPE = 'application/json; charset=utf-8'

/** Bytes of a message, encoded by the protocol's full definition. */
export function encode(type: string, message: object): Buffer {
  const messageType = root.lookupType(`full.${type}`)
  return Buffer.from(messageType.encode(messageType.fromObject(message)).finish())
}

export function decode(type: string, bytes: Uint8Array): Record<string, unknown> {
  const messageType = root.lookupType(`full.${type}`)
  return messageType.toObject(messageType.decode(bytes), { longs: String })
}

type Value = string | number | boolean

/** Attributes in OTLP's JSON form. */
export function attributes(values: Record<string, Value>): object[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }))
}

export function anyValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

export const TRACE_ID = '0102030405060708090a0b0c0d0e0f10'
/** The time this many milliseconds before the service's clock, in nanoseconds. */
export const before = (ms: number) => `${NOW_MS - ms}000000`

/** A span of a call of the tool `search` in session `s`, as JSON. */
export function aSpan({
  attributes: own = {},
  ...fields
}: { attributes?: Record<string, Value> } & Record<string, unknown> = {}) {
  return {
    traceId: TRACE_ID,
    spanId: '0000000000000001',
    name: 'execute_tool search',
    kind: 1,
    startTimeUnixNano: before(3_000),
    endTimeUnixNano: before(1_000),
    attributes: attributes({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'search',
      'gen_ai.conversation.id': 's',
      ...own,
    }),
    ...fields,
  }
}

/** An event of Claude Code in session `s`, as JSON. */
export function anEvent(name: string, own: Record<string, Value> = {}, fields: object = {}) {
  return {
    timeUnixNano: before(1_000),
    body: anyValue(`claude_code.${name}`),
    attributes: attributes({ 'event.name': name, 'session.id': 's', 'prompt.id': 'p', ...own }),
    ...fields,
  }
}

export function traces(spans: unknown[], resource: Record<string, Value> = {}) {
  return { resourceSpans: [{ resource: { attributes: attributes(resource) }, scopeSpans: [{ spans }] }] }
}

export function logs(logRecords: unknown[], resource: Record<string, Value> = {}) {
  return { resourceLogs: [{ resource: { attributes: attributes(resource) }, scopeLogs: [{ logRecords }] }] }
}

/** The real service with functions to send to it. */
export async function otlpApp(options: Parameters<typeof testApp>[0] = {}) {
  const ingest = await testApp(options)
  const send = (path: string, payload: object | Buffer | string, headers: Record<string, string> = {}) =>
    ingest.app.inject({
      method: 'POST',
      url: `/v1/${path}`,
      headers: { 'content-type': JSON_TYPE, ...headers },
      payload: Buffer.isBuffer(payload) || typeof payload === 'string' ? payload : JSON.stringify(payload),
    })
  const rowsById = async () => new Map((await ingest.rows()).map((row) => [row.invocation_id, row]))
  return Object.assign(ingest, { send, rowsById })
}
