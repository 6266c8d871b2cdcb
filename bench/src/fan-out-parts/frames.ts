/** What a frame of a server holds (RFC 6455 section 5.2); servers do not mask. */
export interface Frame {
  readonly opcode: number
  readonly payload: Buffer
}

/** Cuts a byte stream into frames, with as little work per byte as can be. */
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
    // Large messages come in many chunks, which are joined once, when the whole message is there.
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

/** A client's masked text frame of at most 125 bytes; the mask is zero, as what is sent is no secret. */
export function shortFrame(opcode: number, payload: Buffer): Buffer {
  if (payload.length > 125) throw new RangeError(`at most 125 bytes, not ${payload.length}`)
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload])
}

/** Where the payload of the first frame begins and ends; as far as known, when not even its head is there. */
function sizes(data: Buffer): { start: number; end: number } {
  if (data.length < 2) return { start: 2, end: 3 }
  const short = data[1]! & 0x7f
  if (short < 126) return { start: 2, end: 2 + short }
  const start = short === 126 ? 4 : 10
  if (data.length < start) return { start, end: start + 1 }
  return { start, end: start + (short === 126 ? data.readUInt16BE(2) : Number(data.readBigUInt64BE(2))) }
}
