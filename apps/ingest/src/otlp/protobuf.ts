import { readFileSync } from 'node:fs'
import protobuf from 'protobufjs'
import { SIGNALS, type Signal } from './signals.ts'

/** Most fields of one request. A field of two bytes takes about a hundred bytes of memory. */
const FIELDS_MAX = 2_000_000

/**
 * Reads and writes the binary form of OTLP. Requests are decoded into their JSON form, so that one reader
 * serves both.
 */
export interface OtlpCodec {
  /** @throws {Error} when the bytes are not such a message, or hold too many fields */
  decodeRequest(signal: Signal, bytes: Uint8Array): unknown
  encodeResponse(signal: Signal, response: object): Uint8Array
  encodeStatus(status: { code: number; message: string }): Uint8Array
}

/** Loads the definition of the messages from `otlp.proto`. */
export function loadOtlpCodec(): OtlpCodec {
  const { root } = protobuf.parse(readFileSync(new URL('./otlp.proto', import.meta.url), 'utf8'))
  const type = (name: string) => root.lookupType(`skillwatch.otlp.${name}`)
  const encode = (name: string, message: object) =>
    type(name).encode(type(name).fromObject(message)).finish()
  return {
    decodeRequest(signal, bytes) {
      const request = type(SIGNALS[signal].request)
      return request.toObject(request.decode(new BoundedReader(bytes)), { longs: String })
    },
    encodeResponse: (signal, response) => encode(SIGNALS[signal].response, response),
    encodeStatus: (status) => encode('RpcStatus', status),
  }
}

/** Refuses a request that would take far more memory than its size suggests (R8). */
class BoundedReader extends protobuf.BufferReader {
  #fieldsLeft = FIELDS_MAX

  constructor(bytes: Uint8Array) {
    super(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }

  override tag(): number {
    this.#fieldsLeft -= 1
    if (this.#fieldsLeft < 0) throw new RangeError(`the request has more than ${FIELDS_MAX} fields`)
    return super.tag()
  }
}
