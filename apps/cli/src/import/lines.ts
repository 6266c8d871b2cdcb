import { createReadStream } from 'node:fs'

const NEWLINE = 0x0a
const CHUNK_BYTES = 1_048_576

export interface Line {
  /** Undefined when the line is longer than the bound. */
  readonly bytes: Buffer | undefined
  /** Where the next line begins. */
  readonly endOffset: number
  /** Whether it ends with a line break. Only the last line of a file may lack one. */
  readonly complete: boolean
}

/**
 * Lines of a file from a byte offset on. At most one line and one chunk are in memory.
 * @param endOffset where to stop, so that reading a growing file ends
 */
export async function* readLines(
  path: string,
  {
    offset,
    endOffset,
    lineBytesMax,
    signal,
  }: { offset: number; endOffset: number; lineBytesMax: number; signal: AbortSignal },
): AsyncGenerator<Line> {
  if (offset >= endOffset) return
  const stream = createReadStream(path, {
    start: offset,
    end: endOffset - 1,
    highWaterMark: CHUNK_BYTES,
    signal,
  })
  yield* splitLines(stream as AsyncIterable<Buffer>, { offset, lineBytesMax })
}

/** Lines of a stream of bytes. */
export async function* splitLines(
  chunks: AsyncIterable<Buffer>,
  { offset, lineBytesMax }: { offset: number; lineBytesMax: number },
): AsyncGenerator<Line> {
  const line = new LineBuffer(offset, lineBytesMax)
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      line.add(chunk.subarray(start, end))
      start = end + 1
      yield line.end(true)
    }
    line.add(chunk.subarray(start))
  }
  if (!line.isEmpty) yield line.end(false)
}

/** Collects the parts of one line after the other. */
class LineBuffer {
  readonly #lineBytesMax: number
  #parts: Buffer[] = []
  #lengthBytes = 0
  #offset: number

  constructor(offset: number, lineBytesMax: number) {
    this.#offset = offset
    this.#lineBytesMax = lineBytesMax
  }

  get isEmpty(): boolean {
    return this.#lengthBytes === 0
  }

  add(part: Buffer): void {
    this.#lengthBytes += part.length
    if (this.#lengthBytes > this.#lineBytesMax) this.#parts = []
    else if (part.length > 0) this.#parts.push(part)
  }

  end(complete: boolean): Line {
    const isTooLong = this.#lengthBytes > this.#lineBytesMax
    const bytes = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts)
    this.#offset += this.#lengthBytes + (complete ? 1 : 0)
    this.#parts = []
    this.#lengthBytes = 0
    return { bytes: isTooLong ? undefined : bytes, endOffset: this.#offset, complete }
  }
}
