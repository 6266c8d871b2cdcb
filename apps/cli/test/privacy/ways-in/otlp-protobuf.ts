/** As much of OTLP's protobuf as planting needs; field numbers are those of opentelemetry-proto 1.x. */
type Field = readonly [number: number, value: string | Uint8Array | bigint | undefined]

/** A message: texts and messages by their length, instants as fixed64. */
function message(...fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([number, value]) => {
      if (value === undefined) return []
      if (typeof value === 'bigint') {
        const fixed = Buffer.alloc(8)
        fixed.writeBigUInt64LE(value)
        return [varint((number << 3) | 1), fixed]
      }
      const bytes = Buffer.from(value as string)
      return [varint((number << 3) | 2), varint(bytes.length), bytes]
    }),
  )
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest])
    bytes.push((rest & 0x7f) | 0x80)
  }
}

export interface KeyValue {
  key: string
  value: {
    stringValue?: string
    arrayValue?: { values: { stringValue: string }[] }
    kvlistValue?: { values: KeyValue[] }
  }
}

const anyValue = ({ stringValue, arrayValue, kvlistValue }: KeyValue['value']): Buffer =>
  message(
    [1, stringValue],
    [5, arrayValue && message(...arrayValue.values.map((each): Field => [1, anyValue(each)]))],
    [6, kvlistValue && message(...kvlistValue.values.map((each): Field => [1, keyValue(each)]))],
  )
const keyValue = ({ key, value }: KeyValue): Buffer => message([1, key], [2, anyValue(value)])
const all = (number: number, attributes: readonly KeyValue[]): Field[] =>
  attributes.map((each) => [number, keyValue(each)])

export interface LogRecord {
  timeUnixNano: string
  eventName?: string
  body: { stringValue: string }
  attributes: KeyValue[]
}

export interface Span {
  traceId: string
  spanId: string
  traceState: string
  name: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  status: { code: number; message: string }
  events: { name: string; attributes: KeyValue[] }[]
  attributes: KeyValue[]
}

interface Scope {
  name: string
  version: string
  attributes: KeyValue[]
}

interface Around {
  resource: { attributes: KeyValue[] }
  scope: Scope
}

const scopeOf = ({ name, version, attributes }: Scope) =>
  message([1, name], [2, version], ...all(3, attributes))
const request = ({ resource, scope }: Around, items: readonly Buffer[]): Buffer => {
  const scoped = message([1, scopeOf(scope)], ...items.map((item): Field => [2, item]))
  return message([1, message([1, message(...all(1, resource.attributes))], [2, scoped])])
}

export function encodeLogs(around: Around, records: readonly LogRecord[]): Buffer {
  const encode = ({ timeUnixNano, body, attributes, eventName }: LogRecord) =>
    message([1, BigInt(timeUnixNano)], [5, anyValue(body)], ...all(6, attributes), [12, eventName])
  return request(around, records.map(encode))
}

export function encodeTraces(around: Around, spans: readonly Span[]): Buffer {
  const encode = (span: Span) =>
    message(
      [1, Buffer.from(span.traceId, 'hex')],
      [2, Buffer.from(span.spanId, 'hex')],
      [3, span.traceState],
      [5, span.name],
      [7, BigInt(span.startTimeUnixNano)],
      [8, BigInt(span.endTimeUnixNano)],
      ...all(9, span.attributes),
      ...span.events.map(({ name, attributes }): Field => [11, message([2, name], ...all(3, attributes))]),
      [15, message([2, span.status.message])],
    )
  return request(around, spans.map(encode))
}
