import { createReadStream } from 'node:fs'

const NEWLINE = 0x0a
const CHUNK_BYTES = 1_048_576

export interface Line {
  /** Undefined when the line is longer than the bound; its bytes were passed over. */
  readonly bytes: Buffer | undefined
  /** Where the next line begins. */
  readonly endOffset: number
  /** Whether a line break ended it; only the last line of a file may lack one. */
  readonly complete: boolean
}

/**
 * Lines of a file from a byte offset on, holding never more than one line and one chunk in memory.
 * @param endOffset where to stop: the size that was looked at, so that a growing file has an end
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

/** Lines of bytes that come in pieces. */
export async function* splitLines(
  chunks: AsyncIterable<Buffer>,
  { offset, lineBytesMax }: { offset: number; lineBytesMax: number },
): AsyncGenerator<Line> {
  let parts: Buffer[] = []
  let lengthBytes = 0
  let position = offset
  const take = (part: Buffer) => {
    lengthBytes += part.length
    if (lengthBytes > lineBytesMax) parts = []
    else parts.push(part)
  }
  const line = (complete: boolean): Line => {
    const bytes =
      lengthBytes > lineBytesMax ? undefined : parts.length === 1 ? parts[0]! : Buffer.concat(parts)
    parts = []
    lengthBytes = 0
    return { bytes, endOffset: position, complete }
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, end))
      position += end + 1 - start
      start = end + 1
      yield line(true)
    }
    if (start < chunk.length) {
      take(chunk.subarray(start))
      position += chunk.length - start
    }
  }
  if (lengthBytes > 0) yield line(false)
}
