import {
  type Arbitrary,
  array,
  assert,
  boolean,
  constant,
  constantFrom,
  double,
  integer,
  oneof,
  option,
  property,
  record,
  string,
  tuple,
} from 'fast-check'
import { expect, test } from 'vitest'
import { decodeRequest } from '../../src/otlp/encoding.ts'
import { loadOtlpCodec } from '../../src/otlp/protobuf.ts'
import { SIGNALS, type Signal } from '../../src/otlp/signals.ts'
import { translate } from '../../src/otlp/translate.ts'
import { NOW_MS } from '../support.ts'
import { before, encode, PROTOBUF } from './support.ts'

const codec = loadOtlpCodec()

const value = oneof(
  string({ unit: 'grapheme', maxLength: 250 }).map((stringValue) => ({ stringValue })),
  boolean().map((boolValue) => ({ boolValue })),
  integer().map((number) => ({ intValue: String(number) })),
  double({ noNaN: true, noDefaultInfinity: true }).map((doubleValue) => ({ doubleValue })),
  constant({ arrayValue: { values: [{ stringValue: 'x' }] } }),
  constant({ kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }] } }),
  constant(undefined),
)

function attributesOf(likely: Record<string, Arbitrary<object>>): Arbitrary<object[]> {
  const pairs = Object.entries(likely).map(([key, each]) =>
    option(
      each.map((known) => ({ key, value: known })),
      { freq: 6 },
    ),
  )
  const others = array(record({ key: string({ maxLength: 20 }), value }), { maxLength: 3 })
  return tuple(others, ...pairs).map(([more, ...known]) => [
    ...more,
    ...known.filter((pair) => pair !== null),
  ])
}

const texts = (...words: string[]) => constantFrom(...words.map((stringValue) => ({ stringValue })))
const instant = oneof(
  integer({ min: 0, max: 10_000 }).map(before),
  constantFrom('0', '1', '18446744073709551615'),
)
const hexId = (bytes: number) =>
  integer({ min: 0, max: 4 }).map((number) => number.toString(16).padStart(2 * bytes, '0'))

const span = record({
  traceId: hexId(16),
  spanId: hexId(8),
  parentSpanId: oneof(constant(''), hexId(8)),
  name: constantFrom('execute_tool search', 'chat', 'claude_code.tool', 'claude_code.tool.execution'),
  kind: integer({ min: 0, max: 5 }),
  startTimeUnixNano: instant,
  endTimeUnixNano: instant,
  attributes: attributesOf({
    'gen_ai.operation.name': texts('execute_tool', 'chat'),
    'gen_ai.tool.name': texts('search', 'x'.repeat(300)),
    'gen_ai.conversation.id': oneof(
      texts('s', 't'),
      value.map((each) => each ?? {}),
    ),
    'gen_ai.skill.name': texts('pdf'),
    'gen_ai.tool.call.id': texts('call_Qk3VhZ', 'call_Wm8RtY'),
    'error.type': texts('timeout'),
    'process.exit.code': integer().map((number) => ({ intValue: String(number) })),
    'mcp.method.name': texts('tools/call'),
  }),
  status: record({ code: constantFrom(0, 1, 2), message: string() }),
})

const event = record({
  timeUnixNano: instant,
  observedTimeUnixNano: instant,
  severityNumber: integer({ min: 0, max: 24 }),
  eventName: constantFrom('', 'claude_code.tool_result'),
  body: texts(
    'claude_code.tool_result',
    'claude_code.skill_activated',
    'claude_code.tool_decision',
    'claude_code.api_request',
    'something',
  ),
  attributes: attributesOf({
    'session.id': texts('s'),
    'event.sequence': integer({ min: 0, max: 99 }).map((number) => ({ intValue: String(number) })),
    'skill.name': texts('pdf'),
    tool_name: texts('Skill', 'Bash', 'mcp_tool'),
    tool_use_id: texts('toolu_1'),
    success: oneof(texts('true', 'false'), constantFrom({ boolValue: false }, { boolValue: true })),
    duration_ms: oneof(
      texts('12'),
      constantFrom({ intValue: '12' }, { doubleValue: 1.5 }, { doubleValue: -1 }),
    ),
    decision: texts('accept', 'reject'),
  }),
})

const metric = record({
  name: constantFrom('a.b', ''),
  sum: record({ dataPoints: array(record({ asInt: constant('1') })), isMonotonic: boolean() }),
})

function requests(signal: Signal, records: Arbitrary<object>): Arbitrary<object> {
  const [ofResources, ofScopes, name] = SIGNALS[signal].levels
  const scope = array(records, { maxLength: 5 }).map((list) => ({
    scope: { name: 'x' },
    [name]: list,
    schemaUrl: 'https://example.org/1',
  }))
  const resource = record({
    attributes: attributesOf({ 'service.name': texts('agent'), 'session.id': texts('r') }),
  })
  return array(
    tuple(resource, array(scope, { maxLength: 2 })).map(([of, scopes]) => ({
      resource: of,
      [ofScopes]: scopes,
    })),
    { maxLength: 2 },
  ).map((list) => ({ [ofResources]: list }))
}

/** The request with its ids as bytes, as in protobuf. */
function withBytes(json: unknown): object {
  const ids = ['traceId', 'spanId', 'parentSpanId']
  return JSON.parse(JSON.stringify(json), (key, each) =>
    ids.includes(key) ? Buffer.from(each, 'hex') : each,
  )
}

test.each([
  ['traces', span],
  ['logs', event],
  ['metrics', metric],
] as const)(
  'the same %s give the same observations, rejections and counts in JSON and in protobuf',
  (signal, records) => {
    let observedCount = 0
    assert(
      property(requests(signal, records), (request) => {
        const json = Buffer.from(JSON.stringify(request))
        const binary = encode(SIGNALS[signal].request, withBytes(request))
        const fromJson = translate(signal, decodeRequest(signal, 'application/json', json, codec), NOW_MS)
        const fromBinary = translate(signal, decodeRequest(signal, PROTOBUF, binary, codec), NOW_MS)
        expect(fromBinary).toEqual(fromJson)
        observedCount += fromJson.observations.length
      }),
      { numRuns: 300 },
    )
    if (signal !== 'metrics') expect(observedCount).toBeGreaterThan(0)
  },
)

test('any bytes are decoded into a request or refused with a ProblemError', () => {
  const bytes = array(integer({ min: 0, max: 255 }), { maxLength: 200 }).map((list) => Buffer.from(list))
  assert(
    property(
      bytes,
      constantFrom<Signal>('traces', 'logs', 'metrics'),
      constantFrom(PROTOBUF, 'application/json'),
      (body, signal, type) => {
        try {
          translate(signal, decodeRequest(signal, type, body, codec), NOW_MS)
        } catch (error) {
          expect((error as Error).name).toBe('ProblemError')
        }
      },
    ),
    { numRuns: 2_000 },
  )
})
