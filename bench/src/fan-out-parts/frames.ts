/** One frame of a server (RFC 6455 section 5.2); servers do not mask. */
export interface Frame {
  readonly opcode: number
  readonly payload: Buffer
}

/** Splits a byte stream into frames, with little work per byte. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void
  #chunks: Buffer[] = []
  #buffered = 0
  #needed = 2

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#buffered += chunk.length
    // A large message arrives in many chunks; they are concatenated once, when it is complete.
    if (this.#buffered < this.#needed) return
    let data = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks)
    for (let frame = sizes(data); frame.end <= data.length; frame = sizes(data)) {
      this.#onFrame({ opcode: data[0]! & 0x0f, payload: data.subarray(frame.start, frame.end) })
      data = data.subarray(frame.end)
    }
    this.#chunks = data.length > 0 ? [data] : []
    this.#buffered = data.length
    this.#needed = sizes(data).end
  }
}

/** A client's masked text frame of at most 125 bytes. The mask is zero: the content is not secret. */
export function shortFrame(opcode: number, payload: Buffer): Buffer {
  if (payload.length > 125) throw new RangeError(`at most 125 bytes, not ${payload.length}`)
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload])
}

/**
 * Where the payload of the first frame starts and ends, as far as the bytes received so far contain its
 * header.
 */
function sizes(data: Buffer): { start: number; end: number } {
  if (data.length < 2) return { start: 2, end: 3 }
  const short = data[1]! & 0x7f
  if (short < 126) return { start: 2, end: 2 + short }
  const start = short === 126 ? 4 : 10
  if (data.length < start) return { start, end: start + 1 }
  return { start, end: start + (short === 126 ? data.readUInt16BE(2) : Number(data.readBigUInt64BE(2))) }
}
